"""Row 12: a Manager's dict and list. What a proxy returns is a copy, a nested list too.

Prints:
    a change of the copy: [1]
    put back: [1, 2]
    a list with a proxy of its own: [1, 2]
    a list proxy in a dict: [1, 2]
"""
import multiprocessing

context = multiprocessing.get_context("fork")


def change(shared, own, nested):
    shared["changed"].append(2)  # the trap: this appends to a copy, and drops it
    copy = shared["put back"]
    copy.append(2)
    shared["put back"] = copy
    own.append(2)  # one request to the server
    nested["inner"].append(2)  # a proxy comes out, and it makes a request


def main():
    with context.Manager() as manager:
        shared = manager.dict({"changed": [1], "put back": [1]})
        own = manager.list([1])
        nested = manager.dict({"inner": manager.list([1])})
        child = context.Process(target=change, args=(shared, own, nested))
        child.start()
        child.join()
        print("a change of the copy:", shared["changed"])
        print("put back:", shared["put back"])
        print("a list with a proxy of its own:", list(own))
        print("a list proxy in a dict:", list(nested["inner"]))


if __name__ == "__main__":
    main()
