"""Row 16: a generator and its consumer take turns on one thread; each value is made when asked for.

Prints:
    nothing is made yet
    consumer asks
      producer makes 0
    consumer has 0
    consumer asks
      producer makes 1
    consumer has 1
    closed: the producer's finally runs, and its last line does not
"""


def producer():
    try:
        for value in range(5):
            print("  producer makes", value)
            yield value  # control goes back to the consumer, and comes back here
        print("its last line")
    finally:
        print("closed: the producer's finally runs, and its last line does not")


def main():
    values = producer()  # a call makes the generator; nothing of its body has run
    print("nothing is made yet")
    for _ in range(2):
        print("consumer asks")
        print("consumer has", next(values))
    values.close()  # raises GeneratorExit at the yield


if __name__ == "__main__":
    main()
