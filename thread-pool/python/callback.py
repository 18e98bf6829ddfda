"""Row 7: a done-callback gets the result, and runs on the thread that completes the future.

Prints:
    result 385 on worker_[..]
    result 7 on MainThread
"""
import threading
from concurrent.futures import ThreadPoolExecutor


def report(future):
    print("result", future.result(), "on", threading.current_thread().name)


def main():
    go = threading.Event()
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="worker") as pool:
        future = pool.submit(lambda: go.wait() and sum(n * n for n in range(11)))
        future.add_done_callback(report)  # it is not done yet: the worker will call
        go.set()
        done = pool.submit(lambda: 7)
        done.result()
        done.add_done_callback(report)  # it is done: this very call runs the callback


if __name__ == "__main__":
    main()
