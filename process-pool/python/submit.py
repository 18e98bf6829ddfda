"""Row 14: ten tasks on four workers: submit does not wait, and the tasks run in other processes.

Prints:
    10 submitted: 0 done
    results in order: [1, 4, 9, 16, 25, 36, 49, 64, 81, 100]
    4 workers, and the caller is none of them
"""
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor


def begin(gate, meeting):
    globals().update(gate=gate, meeting=meeting)


def square(number):
    gate.wait(20)
    if number <= 4:
        meeting.wait(20)  # so that each worker has one of the first four
    return number * number, os.getpid()


def main():
    fork = multiprocessing.get_context("fork")
    event, barrier = fork.Event(), fork.Barrier(4)
    with ProcessPoolExecutor(4, fork, begin, (event, barrier)) as pool:
        futures = [pool.submit(square, number) for number in range(1, 11)]
        done = sum(future.done() for future in futures)
        event.set()
        print(f"{len(futures)} submitted: {done} done")
        results, pids = zip(*(future.result() for future in futures))
    print("results in order:", list(results))
    caller = "one" if os.getpid() in pids else "none"
    print(f"{len(set(pids))} workers, and the caller is {caller} of them")


if __name__ == "__main__":
    main()
