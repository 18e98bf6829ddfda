"""Python's side of the bench `pools`: reads a workload and a number of tasks from each line, answers with ns."""

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
pool = ThreadPoolExecutor(int(sys.argv[1]))


def empty(tasks):
    wait([pool.submit(int) for _ in range(tasks)])


def result(tasks):
    futures = [pool.submit(int, task) for task in range(tasks)]
    assert sum(future.result() for future in futures) == tasks * (tasks - 1) // 2


def compute(tasks):
    wait([pool.submit(busy, STEPS) for _ in range(tasks)])


for line in sys.stdin:
    workload, tasks = line.split()
    print(took({"empty": empty, "result": result, "20us": compute}[workload], int(tasks)), flush=True)
