"""Python's side of the bench `gil`: reads a workload and a number of threads from each line, answers with ns.

`interpreters/cpu-bound` does it in as many sub-interpreters, each on a thread of its own (3.14 and newer).
"""

import concurrent.futures
import sys
import threading
import time

NUMBERS, READS, READ = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]) / 1e6


totals = []


def add_up(left):
    total = 0
    while left:
        total += left
        left -= 1
    return total


def wait(times, pause):
    for _ in range(times):
        time.sleep(pause)
    return 0


def on_threads(threads, body, *arguments):
    def run():
        totals.append(body(*arguments))

    started = [threading.Thread(target=run) for _ in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()


def in_interpreters(threads, body, *arguments):
    pool = pools[threads]
    totals.extend(future.result() for future in [pool.submit(body, *arguments) for _ in range(threads)])


def pool_of(threads):
    """Returns a pool whose interpreters are there before anything is timed."""
    pool = concurrent.futures.InterpreterPoolExecutor(threads)
    for future in [pool.submit(time.sleep, 0.01) for _ in range(threads)]:
        future.result()
    return pool


pools = {}
for line in sys.stdin:
    workload, threads = line.split()[0], int(line.split()[1])
    way, _, workload = workload.rpartition("/")
    if way and threads not in pools:
        pools[threads] = pool_of(threads)
    work = {"cpu-bound": (add_up, NUMBERS // threads), "io-bound": (wait, READS // threads, READ)}[workload]
    began = time.perf_counter_ns()
    (in_interpreters if way else on_threads)(threads, *work)
    took = time.perf_counter_ns() - began
    last = NUMBERS // threads
    wanted = last * (last + 1) // 2 if workload == "cpu-bound" else 0
    assert totals == [wanted] * threads, totals
    totals.clear()
    print(took, flush=True)
