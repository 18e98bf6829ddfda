"""Row 14: what is in the call queue can no longer be cancelled, though no worker has begun it.

Prints:
    one worker has begun task 1
    running() says: 1, 2, 3
    cancelled: 4, 5, 6, 7, 8, 9, 10
    run in the end: 1, 2, 3
"""
import multiprocessing
import time
from concurrent.futures import Future, ProcessPoolExecutor


def begin(*events):
    globals().update(zip(("begun", "gate"), events))


def task():
    begun.set()
    gate.wait(5)


def numbers(futures, which):
    return ", ".join(str(n) for n, future in enumerate(futures, 1) if which(future))


def main():
    fork = multiprocessing.get_context("fork")
    events = fork.Event(), fork.Event()
    with ProcessPoolExecutor(1, fork, begin, events) as pool:
        futures = [pool.submit(task)]
        events[0].wait(20)
        futures += [pool.submit(task) for _ in range(9)]
        # The call queue has room for one task more than there are workers: 2 and 3.
        limit = time.monotonic() + 20
        while not futures[2].running() and time.monotonic() < limit:
            time.sleep(0.01)
        running, cancelled = numbers(futures, Future.running), numbers(futures, Future.cancel)
        events[1].set()
    print("one worker has begun task 1")
    print("running() says:", running)
    print("cancelled:", cancelled)
    print("run in the end:", numbers(futures, lambda future: not future.cancelled()))


if __name__ == "__main__":
    main()
