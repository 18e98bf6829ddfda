#!/usr/bin/env bash
# anyio 4.16.0: a task that acquires a lock which it holds is told so; asyncio's own lock, on the same loop, lets the task wait for itself.
# Guess: anyio on asyncio wraps asyncio's lock, so it waits as well.
# Why: anyio's lock notes the task that holds it, as trio's does. So code that "worked" with a lock passed from task to task
#   (acquired in one, released in another) fails when it moves from asyncio to anyio.
# Source: anyio/_backends/_asyncio.py; documentation of `anyio.Lock`.
. "$(dirname "$0")/run.bash"
python anyio==4.16.0 <<'PYTHON'
import asyncio

import anyio


async def twice(lock):
    await lock.acquire()
    try:
        await asyncio.wait_for(lock.acquire(), 0.2)
    except Exception as error:
        return type(error).__name__


async def by_another(lock):
    await lock.acquire()

    async def release():
        lock.release()
    try:
        await asyncio.create_task(release())
        return 'released'
    except Exception as error:
        return type(error).__name__


async def main():
    print('asyncio: again', await twice(asyncio.Lock()), '· by another task', await by_another(asyncio.Lock()))
    print('anyio:   again', await twice_here(anyio.Lock()), '· by another task', await by_another(anyio.Lock()))


async def twice_here(lock):
    await lock.acquire()
    try:
        with anyio.fail_after(0.2):
            await lock.acquire()
    except Exception as error:
        return type(error).__name__

asyncio.run(main())
PYTHON
holds <<'END'
asyncio: again TimeoutError · by another task released
anyio:   again RuntimeError · by another task RuntimeError
END
