"""Row 7: 50 tasks on 10 workers: submit does not wait, and ten tasks run at once.

Prints:
    50 submitted: 0 done, 10 running
    shutdown has waited: 50 done
    task 50 counted to 2500
"""
import threading
from concurrent.futures import ThreadPoolExecutor


def main():
    begun, gate = threading.Semaphore(0), threading.Event()

    def count_to_the_square(number):
        begun.release()
        gate.wait()
        return sum(1 for _ in range(number * number))

    pool = ThreadPoolExecutor(max_workers=10)
    futures = [pool.submit(count_to_the_square, number) for number in range(1, 51)]
    for _ in range(10):
        begun.acquire()
    done, running = sum(f.done() for f in futures), sum(f.running() for f in futures)
    gate.set()
    print(f"{len(futures)} submitted: {done} done, {running} running")
    pool.shutdown()  # wait=True is the default
    print("shutdown has waited:", sum(f.done() for f in futures), "done")
    print("task 50 counted to", futures[-1].result())


if __name__ == "__main__":
    main()
