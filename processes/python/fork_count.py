"""Row 10: three forks in a row, and a line in a buffer that is written more than once.

`print` to a terminal writes at the end of a line; into a pipe or a file it fills a buffer, which a
fork copies. `os._exit` ends a process without flushing it.

Prints:
    buffered: 24 lines from 8 processes
    flushed before each fork: 14 lines from 8 processes
"""
import os


def three_forks(out, flush):
    """Goes on in every process that there is then."""
    for number in range(3):
        if flush:
            out.flush()
        os.fork()
        print(os.getpid(), "after fork", number, file=out)


def count(flush):
    readable, writable = os.pipe()
    if os.fork() == 0:
        os.close(readable)
        with open(writable, "w", buffering=8192) as out:
            three_forks(out, flush)
        try:
            while True:
                os.wait()
        except ChildProcessError:
            os._exit(0)  # it has no child left
    os.close(writable)
    with open(readable) as pipe:
        lines = pipe.read().splitlines()  # to the end: when the last process has closed it
    os.wait()
    return f"{len(lines)} lines from {len({line.split()[0] for line in lines})} processes"


def main():
    print("buffered:", count(flush=False))
    print("flushed before each fork:", count(flush=True))


if __name__ == "__main__":
    main()
