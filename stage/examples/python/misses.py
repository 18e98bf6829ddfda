"""Makes a folder that it removes at its end, unless it is killed, and waits through one interrupt.

Prints:
    begun
"""
import pathlib
import signal
import tempfile
import time


def misses(number, frame):
    signal.signal(signal.SIGINT, signal.default_int_handler)


signal.signal(signal.SIGINT, misses)
with tempfile.TemporaryDirectory() as folder:
    # First: nobody may be there to read it when the file is, and the error would meet the interrupt.
    print("begun")
    pathlib.Path(folder, "begun").touch()
    time.sleep(60)
