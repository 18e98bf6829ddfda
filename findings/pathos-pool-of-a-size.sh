#!/usr/bin/env bash
# pathos 0.3.5: a new `ProcessPool(2)` is closed already if another of two workers was; one of three works.
# Guess: a pool is what its constructor made; closing one does nothing to the next.
# Why: pathos keeps the pool behind the object in a table, by the number of workers, so that making one again is cheap. All objects of a size share
#   it: `close` and `terminate` are everybody's. `restart()` brings it back, `clear()` takes it out of the table.
# Source: pathos's documentation of `AbstractWorkerPool` (`restart`, `clear`); multiprocessing.py, `_serve`.
. "$(dirname "$0")/run.bash"
python pathos==0.3.5 <<'PYTHON'
from pathos.multiprocessing import ProcessPool


def successor(number):
    return number + 1


if __name__ == "__main__":
    first = ProcessPool(2)
    print("the first:", first.map(successor, [1, 2]))
    first.close()
    first.join()
    for workers in 2, 3:
        try:
            print(f"a new one of {workers}:", ProcessPool(workers).map(successor, [1, 2]))
        except ValueError as error:
            print(f"a new one of {workers}:", error)
    again = ProcessPool(2)
    again.restart()
    print("restarted:", again.map(successor, [1, 2]))
    for workers in 2, 3:
        pool = ProcessPool(workers)
        pool.close()
        pool.join()
        pool.clear()
PYTHON
holds <<'END'
the first: [2, 3]
a new one of 2: Pool not running
a new one of 3: [2, 3]
restarted: [2, 3]
END
