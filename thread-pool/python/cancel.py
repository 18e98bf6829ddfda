"""Row 7: a future takes back what is queued and not what runs; a timeout ends the waiting only.

Prints:
    cancel: the task that runs False, the one in the queue True
    result(timeout=0.02): gave up, the task is running: True
    in the end: done
"""
import threading
from concurrent.futures import ThreadPoolExecutor, TimeoutError


def main():
    begun, gate = threading.Event(), threading.Event()

    def held():
        begun.set()
        gate.wait(5)
        return "done"

    with ThreadPoolExecutor(max_workers=1) as pool:
        running, queued = pool.submit(held), pool.submit(print, "never")
        begun.wait()
        told = running.cancel(), queued.cancel()
        try:
            running.result(timeout=0.02)
        except TimeoutError:
            is_running = running.running()
        gate.set()
        print(f"cancel: the task that runs {told[0]}, the one in the queue {told[1]}")
        print("result(timeout=0.02): gave up, the task is running:", is_running)
        print("in the end:", running.result())


if __name__ == "__main__":
    main()
