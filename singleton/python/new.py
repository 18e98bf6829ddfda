"""Row 8: a class that remembers its instance in `__new__`; and `__init__` runs at every call.

Prints:
    one thread: the same object True, __init__ ran 2 times, name 'second'
    five threads at once: 5 objects
"""
import threading


class Remembers:
    instance, initialised = None, 0

    def __new__(cls, name):
        if cls.instance is None:
            cls.instance = super().__new__(cls)
        return cls.instance

    def __init__(self, name):
        type(self).initialised += 1
        self.name = name  # overwrites what the first caller has set


class Slow:
    instance, all_construct = None, threading.Barrier(5)

    def __new__(cls):
        if cls.instance is None:  # all five have checked before one has built
            cls.all_construct.wait(timeout=60)
            cls.instance = new = super().__new__(cls)
            return new
        return cls.instance


def ask_at_once(make, threads=5):
    found = []
    threads = [threading.Thread(target=lambda: found.append(make())) for _ in range(threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len({id(one) for one in found})


def main():
    one, other = Remembers("first"), Remembers("second")
    ran = f"__init__ ran {Remembers.initialised} times, name {one.name!r}"
    print(f"one thread: the same object {one is other}, {ran}")
    print("five threads at once:", ask_at_once(Slow), "objects")


if __name__ == "__main__":
    main()
