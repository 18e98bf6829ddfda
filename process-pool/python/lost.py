"""Row 14: Pool replaces a worker that was killed, and never answers the task that it had.

Prints:
    tasks 1 to 10 without 4: answered
    task 4: no answer
    2 workers, one of them new
"""
import multiprocessing
import os
import signal


def task(number):
    if number == 4:
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


def main():
    with multiprocessing.get_context("fork").Pool(2) as pool:
        before = {worker.pid for worker in pool._pool}
        results = [pool.apply_async(task, (number,)) for number in range(1, 11)]
        others = [result.get(timeout=20) for result in results if result is not results[3]]
        print("tasks 1 to 10 without 4:", "answered" if len(others) == 9 else "missing")
        try:
            results[3].get(timeout=0.5)
        except multiprocessing.TimeoutError:
            print("task 4: no answer")
        after = {worker.pid for worker in pool._pool}
        new = "one of them new" if len(after - before) == 1 else "the same"
        print(f"{len(after)} workers, {new}")


if __name__ == "__main__":
    main()
