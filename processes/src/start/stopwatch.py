"""Python's three start methods: reads a method and a number from each line, answers with the ns that so many starts took."""

import multiprocessing
import sys
import time

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
