"""Row 12: a two-way Pipe. The numbers 1 to 5 one way, 123 back.

Prints:
    the parent received [1, 2, 3, 4, 5]
    the child received 123
    the child has exited: EOFError
"""
import multiprocessing

context = multiprocessing.get_context("fork")


def child(end):
    end.send([1, 2, 3, 4, 5])
    print("the child received", end.recv())


def main():
    here, there = context.Pipe()  # a pair of connected Unix sockets
    process = context.Process(target=child, args=(there,), daemon=True)
    process.start()
    there.close()  # the parent's copy: with it open, the last recv would wait for ever
    print("the parent received", here.recv())
    here.send(123)
    process.join()
    try:
        here.recv()
    except EOFError as error:
        print("the child has exited:", type(error).__name__)


if __name__ == "__main__":
    main()
