#!/usr/bin/env bash
# tornado 6.6.1: what is handed to a task that waits, and is cancelled before it runs, is lost, although another one waits: a `Lock` stays locked and a
# `Semaphore` is one short from then on, an item of a `Queue` is gone, a notification of a `Condition` wakes nobody. asyncio's lock, semaphore and queue
# give it to the next.
# Guess: on the same loop both do the same; a task that ends without what it waited for passes it on.
# Why: `acquire` and `get` return a future, and `release` and `put` make it ready. The task that awaits it is cancelled, but a future that is ready cannot
#   be; what is in it nobody takes out. asyncio's functions are coroutines, which catch the cancellation and pass on. It takes a cancellation in the same
#   turn of the loop as the release: `asyncio.timeout` around a tornado lock under load, a client that goes away. tornado's own `timeout=` argument has
#   not that gap: it ends the future, not the task. As tornado runs on asyncio, the classes of asyncio serve there, too.
# Source: tornado's locks.py, `Semaphore.acquire` and `release`; queues.py, `get`; its documentation of both names timeouts, and no cancellation.
. "$(dirname "$0")/run.bash"
python tornado==6.6.1 <<'PYTHON'
import asyncio

from tornado import locks, queues


async def handed_over(wait, hand_over):
    """Whether the second task has it, after the first got it and was cancelled."""
    first, second = (asyncio.create_task(wait()) for _ in range(2))
    await asyncio.sleep(0.1)
    hand_over()
    first.cancel()
    await asyncio.wait([second], timeout=1)
    has = second.done()
    second.cancel()
    await asyncio.gather(first, second, return_exceptions=True)
    return has


async def of_a_lock(lock):
    await lock.acquire()

    async def wait():
        async with lock:
            pass

    second = await handed_over(wait, lock.release)
    try:
        await asyncio.wait_for(lock.acquire(), 1)
    except asyncio.TimeoutError:
        return f'second task {second}, somebody later False'
    return f'second task {second}, somebody later True'


async def main():
    for name, lock in [('asyncio.Lock', asyncio.Lock()), ('tornado Lock', locks.Lock()),
                       ('asyncio.Semaphore', asyncio.Semaphore(1)), ('tornado Semaphore', locks.Semaphore(1))]:
        print(f'{name}: {await of_a_lock(lock)}')
    for name, queue in ('asyncio.Queue', asyncio.Queue()), ('tornado Queue', queues.Queue()):
        async def get():
            await queue.get()

        second = await handed_over(get, lambda: queue.put_nowait('item'))
        print(f'{name}: second task {second}, items left {queue.qsize()}')
    condition = locks.Condition()

    async def wait():
        await condition.wait()

    print(f'tornado Condition: second task {await handed_over(wait, condition.notify)}')


asyncio.run(main())
PYTHON
holds <<'END'
asyncio.Lock: second task True, somebody later True
tornado Lock: second task False, somebody later False
asyncio.Semaphore: second task True, somebody later True
tornado Semaphore: second task False, somebody later False
asyncio.Queue: second task True, items left 0
tornado Queue: second task False, items left 0
tornado Condition: second task False
END
