"""Makes a folder that it removes at its end, unless it is killed, and waits.

Prints:
    begun
"""
import pathlib
import tempfile
import time

with tempfile.TemporaryDirectory() as folder:
    # First: nobody may be there to read it when the file is, and the error would meet the interrupt.
    print("begun")
    pathlib.Path(folder, "begun").touch()
    time.sleep(60)
