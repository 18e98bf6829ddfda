"""Row 14: Pool.map is a list when all are done, and loses all results if one task fails; imap does not.

Prints:
    map: ValueError: no such luck
    imap: 1, 2, 3, 4, then ValueError
    starmap: [3, 7]
"""
import multiprocessing


def task(number):
    if number == 5:
        raise ValueError("no such luck")
    return number


def add(one, two):
    return one + two


def main():
    with multiprocessing.get_context("fork").Pool(4) as pool:
        try:
            print(pool.map(task, range(1, 11)))
        except ValueError as error:
            print("map: ValueError:", error)
        results = []
        try:
            for result in pool.imap(task, range(1, 11)):
                results.append(str(result))
        except ValueError:
            print("imap:", ", ".join(results) + ", then ValueError")
        print("starmap:", pool.starmap(add, [(1, 2), (3, 4)]))


if __name__ == "__main__":
    main()
