"""Row 14: a timeout of result() ends the wait only: the task keeps its worker.

Prints:
    gave up; the task is running: True
    the next task: not run
    in the end: 1 and 2
"""
import multiprocessing
from concurrent.futures import ProcessPoolExecutor, TimeoutError


def begin(event):
    globals().update(event=event)


def waits():
    event.wait(5)
    return 1


def two():
    return 2


def main():
    fork = multiprocessing.get_context("fork")
    gate = fork.Event()
    with ProcessPoolExecutor(1, fork, begin, (gate,)) as pool:
        first = pool.submit(waits)
        try:
            first.result(timeout=0.05)
        except TimeoutError:
            is_running = first.running()
        second = pool.submit(two)
        try:
            second.result(timeout=0.05)
        except TimeoutError:
            is_run = second.done()
        gate.set()
        print("gave up; the task is running:", is_running)
        print("the next task:", "run" if is_run else "not run")
        print("in the end:", first.result(timeout=20), "and", second.result(timeout=20))


if __name__ == "__main__":
    main()
