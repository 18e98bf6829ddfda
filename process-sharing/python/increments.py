"""Row 13: ten processes add 1 to a Value, a hundred times each.

Prints:
    two that have read before either writes: 1
    under the Value's own lock: 1000
"""
import multiprocessing

context = multiprocessing.get_context("fork")


def add_without(value, barrier):
    # What value.value += 1 does: the lock is held for the read, and again for the write.
    read = value.value
    barrier.wait()
    value.value = read + 1


def add_with(value):
    for _ in range(100):
        with value.get_lock():
            value.value += 1


def run(processes, target, *args):
    value = context.Value("i", 0)
    children = [context.Process(target=target, args=(value, *args)) for _ in range(processes)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    return value.value


def main():
    lost = run(2, add_without, context.Barrier(2))
    print("two that have read before either writes:", lost)
    print("under the Value's own lock:", run(10, add_with))


if __name__ == "__main__":
    main()
