"""Python's side of the bench `spawn`: reads how often and who from each line, answers with ns."""

import asyncio
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from threading import Thread


def started(kind):
    def one():
        child = kind(target=int)
        child.start()
        child.join()

    return one


async def tasks(times):
    async def job():
        return 1

    began = time.perf_counter_ns()
    for _ in range(times):
        await asyncio.create_task(job())
    return time.perf_counter_ns() - began


def main():
    # Its threads begin with its first job, and are not there when a process is forked.
    pool = ThreadPoolExecutor(2)
    contenders = {
        "Thread": started(Thread),
        "ThreadPoolExecutor": lambda: pool.submit(int).result(),
        "Process by fork": started(get_context("fork").Process),
    }
    for line in sys.stdin:
        times, contender = line.strip().split(" ", 1)
        if contender == "asyncio task":
            print(asyncio.run(tasks(int(times))), flush=True)
            continue
        one = contenders[contender]
        if contender == "Process by fork":
            pool.shutdown()
        began = time.perf_counter_ns()
        for _ in range(int(times)):
            one()
        print(time.perf_counter_ns() - began, flush=True)


if __name__ == "__main__":
    main()
