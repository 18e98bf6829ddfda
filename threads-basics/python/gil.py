"""Row 2: processes compute, threads wait, and both mixed; and what the lock does not guard.

Prints:
    2 processes add up at once: [5000050000, 5000050000]
    threads that wait for input at once: 4
    mixed, 2 processes with waiting threads: [4, 4]
    count += one() on two threads: 1
"""
import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor

context = multiprocessing.get_context("fork")
count = 0


def in_processes(work):
    """Runs work in two processes that are there at the same time; returns both results."""
    both, results = context.Barrier(2), context.Queue()

    def body():
        both.wait(20)
        results.put(work())

    children = [context.Process(target=body) for _ in range(2)]
    for child in children:
        child.start()
    returned = [results.get(timeout=20) for _ in children]
    for child in children:
        child.join()
    return returned


def in_threads(threads, work):
    with ThreadPoolExecutor(threads) as pool:
        return [future.result() for future in [pool.submit(work) for _ in range(threads)]]


def wait_in_threads():
    all_wait = threading.Barrier(4)  # a thread that waits has released the lock
    return len(in_threads(4, lambda: all_wait.wait(20)))


def one(both_have_loaded):
    both_have_loaded.wait(20)  # it releases the lock, between the load and the store
    return 1


def add(both_have_loaded):
    global count
    count += one(both_have_loaded)


if __name__ == "__main__":
    print("2 processes add up at once:", in_processes(lambda: sum(range(1, 100_001))))
    print("threads that wait for input at once:", wait_in_threads())
    print("mixed, 2 processes with waiting threads:", in_processes(wait_in_threads))
    both = threading.Barrier(2)
    in_threads(2, lambda: add(both))
    print("count += one() on two threads:", count)
