"""Row 16: a timeout: wait_for cancels what it waits for; shield lets it run on.

Prints:
    wait_for: timed out, the task is cancelled: True
    shield: timed out, the task is cancelled: False
    and ends later with 7
    asyncio.timeout [..]
"""
import asyncio
import sys


async def slow(go):
    await go.wait()
    return 7


async def main():
    go = asyncio.Event()
    task = asyncio.create_task(slow(go))
    try:
        await asyncio.wait_for(task, 0.01)
    except asyncio.TimeoutError:
        print("wait_for: timed out, the task is cancelled:", task.cancelled())

    task = asyncio.create_task(slow(go))
    try:
        await asyncio.wait_for(asyncio.shield(task), 0.01)
    except asyncio.TimeoutError:
        print("shield: timed out, the task is cancelled:", task.cancelled())
    go.set()
    print("and ends later with", await task)

    if sys.version_info < (3, 11):
        print("asyncio.timeout needs Python 3.11")
        return
    try:
        async with asyncio.timeout(0.01):
            await asyncio.Event().wait()
    except TimeoutError:
        print("asyncio.timeout cancels the block under it, and raises TimeoutError")


if __name__ == "__main__":
    asyncio.run(main())
