"""Row 12: a child changes an int, a char and a wide char in shared memory, and a plain variable.

Prints:
    before: 1 b'a' U+0061, plain 1
    after: -20 b'z' U+7A0B, plain 1
"""
import multiprocessing

context = multiprocessing.get_context("fork")
plain = 1


def change(integer, byte, wide):
    global plain
    integer.value = -20
    byte.value = b"z"
    wide.value = "\u7a0b"  # the first character of the word for "process"
    plain = -20  # in the child's own memory: the parent's stays as it is


def show(when, integer, byte, wide):
    code = f"U+{ord(wide.value):04X}"  # whatever characters the terminal has
    print(f"{when}: {integer.value} {byte.value} {code}, plain {plain}")


def main():
    # ctypes' c_int, c_char and c_wchar, each under a lock of its own.
    values = context.Value("i", 1), context.Value("c", b"a"), context.Value("u", "a")
    show("before", *values)
    child = context.Process(target=change, args=values)
    child.start()
    child.join()
    show("after", *values)


if __name__ == "__main__":
    main()
