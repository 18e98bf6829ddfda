"""Row 14: close and join run everything; shutdown of an executor waits as well; terminate kills.

Prints:
    close, then join: 10 of 10 results
    after close: Pool not running
    shutdown: 10 of 10 done, then: RuntimeError
    terminate: the task that runs is never answered
"""
import multiprocessing
import threading
from concurrent.futures import ProcessPoolExecutor


def square(number):
    return number * number


def begin(event):
    globals().update(begun=event)


def endless():
    begun.set()
    threading.Event().wait()


def main():
    fork = multiprocessing.get_context("fork")
    pool = fork.Pool(4)
    results = [pool.apply_async(square, (number,)) for number in range(10)]
    pool.close()
    pool.join()
    print(f"close, then join: {sum(result.ready() for result in results)} of 10 results")
    try:
        pool.apply_async(square, (11,))
    except ValueError as error:
        print("after close:", error)

    executor = ProcessPoolExecutor(4, fork)
    futures = [executor.submit(square, number) for number in range(10)]
    executor.shutdown()
    done = sum(future.done() for future in futures)
    try:
        executor.submit(square, 11)
    except RuntimeError as error:
        print(f"shutdown: {done} of 10 done, then: {type(error).__name__}")

    event = fork.Event()
    with fork.Pool(1, begin, (event,)) as pool:
        result = pool.apply_async(endless)
        event.wait(20)
    # The end of the block has terminated it.
    pool.join()
    print("terminate: the task that runs", "is answered" if result.ready() else "is never answered")


if __name__ == "__main__":
    main()
