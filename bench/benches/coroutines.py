"""Python's side of the bench `coroutines`: reads a workload and how often from each line, answers with ns."""

import asyncio
import sys
import time


async def nothing():
    pass


async def spawn(times):
    for _ in range(times):
        await asyncio.create_task(nothing())


async def yields(times):
    for _ in range(times):
        await asyncio.sleep(0)


for line in sys.stdin:
    body, times = {"spawn": spawn, "yield": yields}[line.split()[0]], int(line.split()[1])

    async def main():
        began = time.perf_counter_ns()
        await body(times)
        return time.perf_counter_ns() - began

    print(asyncio.run(main()), flush=True)
