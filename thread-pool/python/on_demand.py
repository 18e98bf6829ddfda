"""Row 7: an executor starts a thread only if none is idle, and has no bound for what it queues.

Prints:
    3 tasks at once: 3 threads of 10
    then 20 one by one: still 3 threads
    25 at once: 10 threads, 15 tasks in the queue
    the default maximum is min(32, cores + 4): True
"""
import os
import threading
from concurrent.futures import ThreadPoolExecutor


def busy(pool, tasks, threads):
    """Keep `threads` workers busy with the first of `tasks` tasks; return what opens the gate."""
    gate, begun = threading.Event(), threading.Semaphore(0)

    def task():
        begun.release()
        gate.wait(5)

    for _ in range(tasks):
        pool.submit(task)
    for _ in range(threads):
        begun.acquire()
    return gate


def all_idle(pool):
    # A worker is idle a moment after its future is done. Private, and only waited for here.
    count = len(pool._threads)
    for _ in range(count):
        pool._idle_semaphore.acquire()
    for _ in range(count):
        pool._idle_semaphore.release()


def main():
    with ThreadPoolExecutor(max_workers=10) as pool:
        gate = busy(pool, tasks=3, threads=3)
        gate.set()
        print("3 tasks at once:", len(pool._threads), "threads of 10")
        all_idle(pool)
        for number in range(20):
            pool.submit(abs, number).result()
            all_idle(pool)
        print("then 20 one by one: still", len(pool._threads), "threads")
        gate = busy(pool, tasks=25, threads=10)
        threads, queued = len(pool._threads), pool._work_queue.qsize()
        gate.set()
        print(f"25 at once: {threads} threads, {queued} tasks in the queue")
    cores = (getattr(os, "process_cpu_count", None) or os.cpu_count)() or 1
    default = ThreadPoolExecutor()._max_workers
    print("the default maximum is min(32, cores + 4):", default == min(32, cores + 4))


if __name__ == "__main__":
    main()
