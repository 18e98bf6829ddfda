"""Row 7: shutdown refuses new tasks and waits for the others; so does the end of the program.

Prints:
    refused: cannot schedule new futures after shutdown
    the task that runs: done, the one in the queue: cancelled
    main returns
    task 1 ends
    task 2 ends
"""
import threading
from concurrent.futures import ThreadPoolExecutor


def shut_down():
    begun, gate = threading.Event(), threading.Event()

    def held():
        begun.set()
        gate.wait(5)
        return "done"

    pool = ThreadPoolExecutor(max_workers=1)
    running, queued = pool.submit(held), pool.submit(print, "never")
    begun.wait()
    pool.shutdown(wait=False)
    try:
        pool.submit(print)
    except RuntimeError as error:
        refused = error
    # cancel_futures=True does it for all that are queued (Python 3.9).
    state = "cancelled" if queued.cancel() else "run"
    gate.set()
    print("refused:", refused)
    print(f"the task that runs: {running.result()}, the one in the queue: {state}")


def main():
    shut_down()
    gate = threading.Event()
    pool = ThreadPoolExecutor(max_workers=1)
    pool.submit(lambda: gate.wait(5) and print("task 1 ends"))
    pool.submit(print, "task 2 ends")
    # No shutdown: the interpreter waits for its executors before it ends.
    try:
        print("main returns")
    finally:
        gate.set()


if __name__ == "__main__":
    main()
