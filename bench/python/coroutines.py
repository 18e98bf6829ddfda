"""Python's side of the bench `coroutines`: reads a workload and how often from each line, answers with ns and a sum."""

import asyncio
import sys
import time

HOUR = 3600


async def one():
    return 1


async def spawn(times):
    return sum([await asyncio.create_task(one()) for _ in range(times)])


async def spawn_eager(times):
    # Since 3.12: a task runs at once, up to its first await that has to wait.
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    return await spawn(times)


async def yields(times):
    for _ in range(times):
        await asyncio.sleep(0)
    return times


async def ping_pong(times):
    there, back = asyncio.Queue(1), asyncio.Queue(1)

    async def answer():
        for _ in range(times):
            await back.put(await there.get() + 1)

    answers, value = asyncio.create_task(answer()), 0
    for _ in range(times):
        await there.put(value)
        value = await back.get()
    await answers
    return value


async def timers(times):
    tasks, each = 1000, -(-times // 1000)

    async def limited():
        for _ in range(each):
            async with asyncio.timeout(HOUR):
                await asyncio.sleep(0)
        return each

    return sum(await asyncio.gather(*(limited() for _ in range(tasks))))


def resident():
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[1]) * 4096


async def memory(times):
    before = resident()
    tasks = [asyncio.create_task(asyncio.Event().wait()) for _ in range(times)]
    await asyncio.sleep(0)
    grew = resident() - before
    for task in tasks:
        task.cancel()
    return grew


BODIES = {"spawn": spawn, "spawn-eager": spawn_eager, "yield": yields, "ping-pong": ping_pong, "timers": timers, "memory": memory}

for line in sys.stdin:
    workload, times = line.split()

    async def main():
        began = time.perf_counter_ns()
        result = await BODIES[workload](int(times))
        return time.perf_counter_ns() - began, result

    print(*asyncio.run(main()), flush=True)
