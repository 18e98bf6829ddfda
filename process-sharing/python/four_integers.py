"""Row 12: a child overwrites an Array. Only new values show that the memory is shared.

Prints:
    old values: [1, 2, 3, 4] shared, [1, 2, 3, 4] in a list
    new values: [10, 20, 30, 40] shared, [1, 2, 3, 4] in a list
"""
import multiprocessing

context = multiprocessing.get_context("fork")
OLD, NEW = [1, 2, 3, 4], [10, 20, 30, 40]


def write(target, numbers):
    target[:] = numbers


def written(target, numbers):
    child = context.Process(target=write, args=(target, numbers))
    child.start()
    child.join()
    return list(target)


def main():
    for what, numbers in ("old", OLD), ("new", NEW):
        shared = written(context.Array("i", OLD), numbers)  # four of ctypes' c_int, under one lock
        print(f"{what} values: {shared} shared, {written(list(OLD), numbers)} in a list")


if __name__ == "__main__":
    main()
