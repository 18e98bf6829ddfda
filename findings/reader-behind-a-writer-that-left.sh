#!/usr/bin/env bash
# aiorwlock 1.5.1, tricycle 0.4.1: a reader that queued behind a writer waits on when the writer has given up, although readers alone hold the lock; a
# reader that comes later is let in at once.
# Guess: with the writer gone nothing is in a queued reader's way, and it is woken; in no case does a later one pass it.
# Why: a task that waits is woken when somebody releases the lock, and a writer that is cancelled in the queue releases nothing. A task that comes
#   later looks at the lock, and sees no writer any more. So a writer with a timeout holds up those readers until the present one is done, which with
#   a long read is what the timeout was to prevent.
# Source: aiorwlock's `acquire_write` and `_wake_up`, tricycle's `RWLock.acquire` (`abort_fn`). tricycle's documentation promises that no task
#   overtakes one that asked before it.
. "$(dirname "$0")/run.bash"
python aiorwlock==1.5.1 tricycle==0.4.1 trio==0.35.0 <<'PYTHON'
import asyncio

import aiorwlock
import trio
import tricycle
from trio.testing import wait_all_tasks_blocked


async def settle():
    for _ in range(100):
        await asyncio.sleep(0)


async def on_asyncio():
    lock = aiorwlock.RWLock()
    admitted = []

    async def use(side, name):
        async with side:
            admitted.append(name)

    async with lock.reader:
        writer = asyncio.create_task(use(lock.writer, 'writer'))
        await settle()
        queued = asyncio.create_task(use(lock.reader, 'queued reader'))
        await settle()
        writer.cancel()
        await settle()
        late = asyncio.create_task(use(lock.reader, 'late reader'))
        await settle()
        print('aiorwlock, beside a reader:', admitted)
    await asyncio.gather(queued, late)
    print('aiorwlock, after it:', admitted)


async def on_trio():
    lock = tricycle.RWLock()
    admitted = []

    async def use(lock_it, name, scope):
        with scope:
            async with lock_it():
                admitted.append(name)

    async with trio.open_nursery() as nursery:
        async with lock.read_locked():
            writer = trio.CancelScope()
            nursery.start_soon(use, lock.write_locked, 'writer', writer)
            await wait_all_tasks_blocked()
            nursery.start_soon(use, lock.read_locked, 'queued reader', trio.CancelScope())
            await wait_all_tasks_blocked()
            writer.cancel()
            await wait_all_tasks_blocked()
            nursery.start_soon(use, lock.read_locked, 'late reader', trio.CancelScope())
            await wait_all_tasks_blocked()
            print('tricycle, beside a reader:', admitted)
    print('tricycle, after it:', admitted)


asyncio.run(on_asyncio())
trio.run(on_trio)
PYTHON
holds <<'END'
aiorwlock, beside a reader: ['late reader']
aiorwlock, after it: ['late reader', 'queued reader']
tricycle, beside a reader: ['late reader']
tricycle, after it: ['late reader', 'queued reader']
END
