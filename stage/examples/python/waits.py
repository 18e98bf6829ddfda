"""Makes a folder that it removes at its end, unless it is killed, and waits.

Prints:
    begun
"""
import pathlib
import tempfile
import time

with tempfile.TemporaryDirectory() as folder:
    pathlib.Path(folder, "begun").touch()
    print("begun")
    time.sleep(60)
