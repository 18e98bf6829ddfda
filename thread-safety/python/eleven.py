"""Row 4: append and pop need no lock; a sort by a key written in Python lets other threads run.

Prints:
    moved by four threads: each item once
    while it is sorted by a key, the list has 0 items; then [1, 2, 3]
    extend, update: all of it
"""
import threading


def in_threads(*targets):
    threads = [threading.Thread(target=target) for target in targets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main():
    items, out = list(range(40_000)), []

    def move():
        for _ in range(10_000):
            out.append(items.pop())

    in_threads(*[move] * 4)
    print("moved by four threads:", "each item once" if sorted(out) == list(range(40_000)) else out)

    numbers, seen = [3, 1, 2], []
    in_key, looked = threading.Event(), threading.Event()

    def look():
        in_key.wait(timeout=60)
        seen.append(len(numbers))
        looked.set()

    def key(number):
        in_key.set()
        looked.wait(timeout=60)
        return number

    in_threads(look, lambda: numbers.sort(key=key))
    print(f"while it is sorted by a key, the list has {seen[0]} items; then {numbers}")

    batches, settings = [], {}

    def extend(name):
        for call in range(1_000):
            batches.extend([(name, call)] * 4)
            settings.update(owner=name, call=call)

    in_threads(lambda: extend("one"), lambda: extend("other"))
    whole = all(len(set(batches[at : at + 4])) == 1 for at in range(0, len(batches), 4))
    print("extend, update:", "all of it" if whole and len(batches) == 8_000 else "torn apart")


if __name__ == "__main__":
    main()
