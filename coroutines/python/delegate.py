"""Row 16: `yield from` hands the consumer on to another generator, and has its result in the end.

Prints:
    values [0, 1, 2, 0, 1, 4]
    sent through: inner got 'hello'
    a plain yield hands out the generator itself: <class 'generator'>
"""


def numbers(end):
    for value in range(end):
        yield value
    return sum(range(end))  # the result of `yield from`


def both():
    first = yield from numbers(3)
    second = yield from numbers(2)
    yield first + second


def inner():
    got = yield
    yield "inner got {!r}".format(got)


def outer():
    yield from inner()


def forgets_from():
    yield numbers(3)


def main():
    print("values", list(both()))
    through = outer()
    next(through)
    print("sent through:", through.send("hello"))
    print("a plain yield hands out the generator itself:", type(next(forgets_from())))


if __name__ == "__main__":
    main()
