"""Python's side of the bench `choose`: reads a workload and a contender from each line, answers with ns. Its arguments are what the workloads come to.

Processes are started by the method that the contender names: the default differs from version to version.
"""

import asyncio
import concurrent.futures
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from threading import Thread

WAIT = 0.002
FORK = get_context("fork")

# How many jobs, whether each waits, and below which number all of them together look for primes.
WORKLOADS = {"cpu-bound": (16, False, 150_000), "io-bound": (50, True, 0), "mixed": (40, True, 250_000)}


def primes(numbers):
    found = 0
    for number in numbers:
        if number < 2 or (number > 2 and number % 2 == 0):
            continue
        divisor = 3
        while divisor * divisor <= number and number % divisor:
            divisor += 2
        found += divisor * divisor > number
    return found


def share(workload, job):
    jobs, _, below = WORKLOADS[workload]
    return range(below * job // jobs, below * (job + 1) // jobs)


def work(workload, job):
    if WORKLOADS[workload][1]:
        time.sleep(WAIT)
    return primes(share(workload, job))


def several(workload, jobs):
    return sum(work(workload, job) for job in jobs)


def in_order(workload, jobs):
    return several(workload, jobs)


def thread_for_each(workload, jobs):
    results = [0] * len(jobs)

    def one(job):
        results[job] = work(workload, job)

    threads = [Thread(target=one, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(results)


def interpreters():
    # Since 3.14: each worker is a thread with an interpreter, and so a lock, of its own. A function
    # comes there without the globals that only a generator within it uses; a partial of it is pickled,
    # so that it is looked up in its module, which has to be found there.
    here = os.path.dirname(os.path.abspath(__file__))
    find = f"import sys; sys.path.insert(0, {here!r})"
    exec(find)
    import choose

    pool_of = concurrent.futures.InterpreterPoolExecutor
    return started(pool_of(2, initializer=exec, initargs=(find,)), choose)


def started(executor, module=sys.modules[__name__]):
    """Returns a contender whose workers are there before it is timed."""
    assert sum(executor.map(partial(module.several), ["io-bound"] * 2, [range(1)] * 2)) == 0
    return pool(executor, module)


def forkserver_pool():
    return started(ProcessPoolExecutor(2, get_context("forkserver")))


def answer(queue, workload, jobs):
    queue.put(several(workload, jobs))


def processes(count):
    def all_of_them(workload, jobs):
        queue = FORK.SimpleQueue()
        started = [FORK.Process(target=answer, args=(queue, workload, jobs[first::count])) for first in range(count)]
        for process in started:
            process.start()
        found = sum(queue.get() for _ in started)
        for process in started:
            process.join()
        return found

    return all_of_them


def pool(executor, module=sys.modules[__name__]):
    return lambda workload, jobs: sum(executor.map(partial(module.work), [workload] * len(jobs), jobs))


async def task(workload, job, executor=None):
    if WORKLOADS[workload][1]:
        await asyncio.sleep(WAIT)
    if executor is None or not share(workload, job):
        return primes(share(workload, job))
    return await asyncio.get_running_loop().run_in_executor(executor, primes, share(workload, job))


def tasks(executor=None):
    async def all_of_them(workload, jobs):
        return sum(await asyncio.gather(*(task(workload, job, executor) for job in jobs)))

    return lambda workload, jobs: asyncio.run(all_of_them(workload, jobs))


def main():
    expected = dict(zip(WORKLOADS, map(int, sys.argv[1:])))
    with ProcessPoolExecutor(2, FORK) as process_pool, ThreadPoolExecutor(2) as two, ThreadPoolExecutor(20) as twenty:
        # Before this process has threads, which a fork would not copy.
        assert sum(process_pool.map(several, ["io-bound"] * 2, [range(1)] * 2)) == 0
        contenders = {
            "sequential": in_order,
            "thread-for-each": thread_for_each,
            "2-threads": pool(two),
            "20-threads": pool(twenty),
            "2-processes": processes(2),
            "20-processes": processes(20),
            "process-pool": pool(process_pool),
            "asyncio": tasks(),
            "asyncio-processes": tasks(process_pool),
        }
        late = {"interpreters": interpreters, "forkserver-pool": forkserver_pool}
        for line in sys.stdin:
            workload, contender = line.split()
            if contender in late and contender not in contenders:
                contenders[contender] = late[contender]()
            jobs = range(WORKLOADS[workload][0])
            began = time.perf_counter_ns()
            found = contenders[contender](workload, jobs)
            took = time.perf_counter_ns() - began
            assert found == expected[workload], (line, found)
            print(took, flush=True)


if __name__ == "__main__":
    main()
