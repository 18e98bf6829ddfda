"""Row 16: values sent into a generator, and an exception thrown into it.

Prints:
    it has to be started first: can't send non-None value to a just-started generator
    10 -> 10.0
    20 -> 15.0
    60 -> 30.0
    reset -> None
    7 -> 7.0
"""


class Reset(Exception):
    pass


def averager():
    total, count, average = 0, 0, None
    while True:
        try:
            number = yield average  # hands the average out, and gets what is sent in
        except Reset:
            total, count, average = 0, 0, None
            continue
        total += number
        count += 1
        average = total / count


def main():
    average = averager()
    try:
        average.send(10)
    except TypeError as error:
        print("it has to be started first:", error)
    next(average)  # runs to its first yield
    for number in (10, 20, 60):
        print(number, "->", average.send(number))
    print("reset ->", average.throw(Reset()))
    print(7, "->", average.send(7))


if __name__ == "__main__":
    main()
