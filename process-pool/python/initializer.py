"""Row 14: an initializer that fails: Pool starts workers for ever, ProcessPoolExecutor is broken.

Prints:
    Pool: more than 4 workers were started, and the task is done: False
    ProcessPoolExecutor: BrokenProcessPool
"""
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor


def fails(started):
    os.close(2)  # its traceback is of no interest here
    started.release()
    raise ValueError("no licence")


def main():
    fork = multiprocessing.get_context("fork")
    started = fork.Semaphore(0)
    with fork.Pool(1, fails, (started,)) as pool:
        result = pool.apply_async(os.getpid)
        more = all(started.acquire(timeout=20) for _ in range(5))
        how_many = "more than 4" if more else "4 or fewer"
        print(f"Pool: {how_many} workers were started, and the task is done: {result.ready()}")
    with ProcessPoolExecutor(1, fork, fails, (started,)) as pool:
        error = pool.submit(os.getpid).exception(timeout=20)
        print("ProcessPoolExecutor:", type(error).__name__)


if __name__ == "__main__":
    main()
