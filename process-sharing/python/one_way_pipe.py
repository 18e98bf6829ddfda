"""Row 15: an unnamed pipe, from a child to its parent; and what fits into one that is nearly full.

Prints:
    the parent read b'hello', then b''
    a write into the reading end: OSError
    of 1 048 576 bytes a part was written: True
    a message of PIPE_BUF bytes then: BlockingIOError
"""
import multiprocessing
import os
import select

context = multiprocessing.get_context("fork")


def write(reader, writer):
    os.close(reader)
    os.write(writer, b"hello")


def main():
    reader, writer = os.pipe()
    child = context.Process(target=write, args=(reader, writer))
    child.start()
    child.join()
    os.close(writer)  # the child's copy is closed by its exit: the input ends
    print(f"the parent read {os.read(reader, 100)}, then {os.read(reader, 100)}")
    try:
        os.write(reader, b"back")
    except OSError as error:
        print("a write into the reading end:", type(error).__name__)
    os.close(reader)

    reader, writer = os.pipe()
    os.set_blocking(writer, False)  # what would sleep, returns
    written = os.write(writer, bytes(1 << 20))
    print("of 1 048 576 bytes a part was written:", 0 < written < 1 << 20)
    try:
        os.write(writer, bytes(select.PIPE_BUF))  # whole, or not at all
    except BlockingIOError as error:
        print("a message of PIPE_BUF bytes then:", type(error).__name__)


if __name__ == "__main__":
    main()
