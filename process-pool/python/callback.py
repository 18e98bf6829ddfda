"""Row 14: a callback runs in the parent process, on a thread of the pool's.

Prints:
    10 callbacks
    each in the parent: True, each task in a worker: True
    on its main thread: False
"""
import multiprocessing
import os
import threading


def main():
    seen = []

    def told(pid):
        thread = threading.current_thread()
        seen.append((pid, os.getpid(), thread is threading.main_thread()))

    with multiprocessing.get_context("fork").Pool(4) as pool:
        for _ in range(10):
            pool.apply_async(os.getpid, callback=told)
        pool.close()
        pool.join()
    here = os.getpid()
    print(len(seen), "callbacks")
    in_the_parent = all(callback == here for _, callback, _ in seen)
    in_a_worker = all(task != here for task, _, _ in seen)
    print(f"each in the parent: {in_the_parent}, each task in a worker: {in_a_worker}")
    print("on its main thread:", any(main for _, _, main in seen))


if __name__ == "__main__":
    main()
