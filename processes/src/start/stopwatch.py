"""Python's three start methods: reads a method and a number from each line, answers with the ns that so many starts took."""

import multiprocessing
import sys
import tempfile
import time

# A Unix socket's address has 108 bytes, and Python adds 33 to the folder's: /pymp-12345678/listener-12345678, and a zero.
if len(tempfile.gettempdirb()) > 75:
    tempfile.tempdir = "/tmp"
memory = bytearray(b"\1") * (int(sys.argv[1]) << 20)
for line in sys.stdin:
    method, times = line.split()
    # The child calls int(): it is known everywhere, so nothing of this script has to be imported.
    process = multiprocessing.get_context(method.replace("-", "")).Process
    began = time.perf_counter_ns()
    for _ in range(int(times)):
        child = process(target=int)
        child.start()
        child.join()
        assert child.exitcode == 0
    print(time.perf_counter_ns() - began, flush=True)
