"""Row 10: a forked child of Python copies pages by reading them (Linux).

Each object has its reference count in itself: a page of objects that are only read is written to,
and so copied. Big data that is only read is free after a fork if it is no Python objects: bytes.

Prints:
    1000000 numbers read: more than 16 MiB copied
    24 MB of bytes read: less than 1 MiB copied
"""
import os


def private_mib():
    with open("/proc/self/smaps_rollup") as lines:
        kib = next(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty"))
    return kib / 1024


def copied_by(read):
    """Forks, reads in the child, and returns how many MiB of the child that made its own."""
    readable, writable = os.pipe()
    child = os.fork()
    if child == 0:
        before = private_mib()
        read()
        os.write(writable, str(private_mib() - before).encode())
        os._exit(0)
    os.close(writable)
    with open(readable) as pipe:
        copied = float(pipe.read())
    os.waitpid(child, 0)
    return copied


def main():
    numbers = [float(number) for number in range(1_000_000)]

    def read_numbers():
        for number in numbers:
            pass

    more = copied_by(read_numbers) > 16
    print(f"1000000 numbers read: {'more' if more else 'not more'} than 16 MiB copied")
    data = b"\1" * 24_000_000
    less = copied_by(lambda: data.count(b"x")) < 1
    print(f"24 MB of bytes read: {'less' if less else 'not less'} than 1 MiB copied")


if __name__ == "__main__":
    main()
