"""Row 15: a named pipe (FIFO). Two processes that share nothing but a path.

Prints:
    without a reader, and without waiting: ENXIO
    the reader read 'hello'
"""
import errno
import os
import subprocess
import sys
import tempfile

WRITER = "import sys; open(sys.argv[1], 'w').write('hello')"  # a program of its own


def main():
    with tempfile.TemporaryDirectory() as folder:  # removed with the name in it
        path = os.path.join(folder, "fifo")
        os.mkfifo(path, 0o600)
        try:
            os.open(path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            print("without a reader, and without waiting:", errno.errorcode[error.errno])
        with subprocess.Popen([sys.executable, "-c", WRITER, path]):
            # Each open waits for the other one; the input ends with the last writer.
            with open(path) as fifo:
                print("the reader read", repr(fifo.read()))


if __name__ == "__main__":
    main()
