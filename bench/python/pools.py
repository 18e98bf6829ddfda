"""Python's side of the bench `pools`: reads a workload and a number of tasks from each line, answers with ns.

`interpreters/empty` does it on a pool of sub-interpreters (3.14 and newer).
"""

import concurrent.futures
import sys
import time
from concurrent.futures import ThreadPoolExecutor, wait


def busy(steps):
    state = 1
    for _ in range(steps):
        state = state * 747796405 + 1 & 0xFFFFFFFF


def took(body, *arguments):
    began = time.perf_counter_ns()
    body(*arguments)
    return time.perf_counter_ns() - began


STEPS = round(1000 * 20_000 / min(took(busy, 1000) for _ in range(50)))
WORKERS = int(sys.argv[1])
pools = {"": ThreadPoolExecutor(WORKERS)}


def empty(pool, tasks):
    wait([pool.submit(int) for _ in range(tasks)])


def result(pool, tasks):
    futures = [pool.submit(int, task) for task in range(tasks)]
    assert sum(future.result() for future in futures) == tasks * (tasks - 1) // 2


def compute(pool, tasks):
    wait([pool.submit(busy, STEPS) for _ in range(tasks)])


for line in sys.stdin:
    workload, tasks = line.split()
    way, _, workload = workload.rpartition("/")
    if way not in pools:
        pools[way] = concurrent.futures.InterpreterPoolExecutor(WORKERS)
        empty(pools[way], 100)
    print(took({"empty": empty, "result": result, "20us": compute}[workload], pools[way], int(tasks)), flush=True)
