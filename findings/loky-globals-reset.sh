#!/usr/bin/env bash
# loky 3.7.0 (cloudpickle 3.1.3): a counter in a global of the script is back at its first value in each task of one and the same worker.
# Guess: as in ProcessPoolExecutor a worker keeps its globals from task to task: 1, 2, 3.
# Why: a function of `__main__` travels by value, and the globals that it names travel with it, each time; they overwrite what the worker has. A cache in a
#   global of the script caches nothing. What an imported module holds stays, for it travels by name.
# Source: cloudpickle's `_function_setstate`.
. "$(dirname "$0")/run.bash"
python loky==3.7.0 cloudpickle==3.1.3 <<'PYTHON'
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from loky import get_reusable_executor

counter = 0


def bump():
    global counter
    counter += 1
    return counter, os.getpid()


def three(pool):
    results = [pool.submit(bump).result() for _ in range(3)]
    return [count for count, _ in results], 'worker' if len({pid for _, pid in results}) == 1 else 'workers'


if __name__ == '__main__':
    with ProcessPoolExecutor(1, multiprocessing.get_context('fork')) as pool:
        print('ProcessPoolExecutor', *three(pool))
    pool = get_reusable_executor(max_workers=1)
    print('loky               ', *three(pool))
    pool.shutdown()
PYTHON
holds <<'END'
ProcessPoolExecutor [1, 2, 3] worker
loky                [1, 1, 1] worker
END
