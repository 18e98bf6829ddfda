"""Python's side of the bench `process_pools`: reads a workload and a number of tasks from each line, answers with ns."""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context


def busy(steps):
    state = 1
    for _ in range(steps):
        state = state * 747796405 + 1 & 0xFFFFFFFF


def took(body, *arguments):
    began = time.perf_counter_ns()
    body(*arguments)
    return time.perf_counter_ns() - began


STEPS = round(1000 * 1_000_000 / min(took(busy, 1000) for _ in range(50)))


def compute(number):
    busy(STEPS)
    return number


WORKERS = int(sys.argv[1])
# The method that starts fastest; none is started while anything is timed.
pool = get_context("fork").Pool(WORKERS)
executor = ProcessPoolExecutor(WORKERS, get_context("fork"))
list(executor.map(int, range(100)))


def submitted(function, numbers):
    futures = [executor.submit(function, number) for number in numbers]
    return (future.result() for future in futures)


WAYS = {
    "Pool.map": lambda function, numbers: pool.map(function, numbers),
    "Pool.mapinchunksof1": lambda function, numbers: pool.map(function, numbers, chunksize=1),
    "Pool.apply": lambda function, numbers: (pool.apply(function, (number,)) for number in numbers),
    "ProcessPoolExecutor.mapinchunksof1": lambda function, numbers: executor.map(function, numbers),
    "ProcessPoolExecutor.mapinchunksof100": lambda function, numbers: executor.map(function, numbers, chunksize=100),
    "ProcessPoolExecutor.submit": submitted,
    "ProcessPoolExecutor.submit,thenresult": lambda function, numbers: (
        executor.submit(function, number).result() for number in numbers
    ),
}
FUNCTIONS = {"empty": int, "1ms": compute}


def run(function, way, tasks):
    assert sum(WAYS[way](FUNCTIONS[function], range(tasks))) == tasks * (tasks - 1) // 2


for line in sys.stdin:
    what, tasks = line.split()
    print(took(run, *what.split("/"), int(tasks)), flush=True)
