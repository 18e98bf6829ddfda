"""Python's side of the bench `gil`: reads a workload and a number of threads from each line, answers with ns, and whether it has the lock."""

import sys
import threading
import time

NUMBERS, READS, READ = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1e6


totals = []


def cpu(threads):
    left, total = NUMBERS // threads, 0
    while left:
        total += left
        left -= 1
    totals.append(total)


def io(threads):
    for _ in range(READS // threads):
        time.sleep(READ)


print(int(getattr(sys, "_is_gil_enabled", lambda: True)()), flush=True)
for line in sys.stdin:
    body, threads = {"cpu-bound": cpu, "io-bound": io}[line.split()[0]], int(line.split()[1])
    started = [threading.Thread(target=body, args=(threads,)) for _ in range(threads)]
    began = time.perf_counter_ns()
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    took = time.perf_counter_ns() - began
    last = NUMBERS // threads
    assert body is io or totals == [last * (last + 1) // 2] * threads
    totals.clear()
    print(took, flush=True)
