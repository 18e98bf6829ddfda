#!/usr/bin/env bash
# aiolimiter 1.3.0: of a task that asks for five units and twenty that ask later for one each, the first is served last.
# Guess: first come, first served, as with asyncio's Semaphore: whoever waits longest gets the next units.
# Why: the waiting tasks are in a heap by amount, and by arrival only among equals: the smallest request is served first, since it can be served
#   soonest. A large one needs the bucket to drain further, and each small one fills it again. Whoever weighs requests by their size starves the big
#   ones under load; tokio's semaphore errs on the other side (tokio-semaphore-hoards).
# Source: aiolimiter's leakybucket.py, `_waiters`; its documentation names no order.
. "$(dirname "$0")/run.bash"
python aiolimiter==1.3.0 <<'PYTHON'
import asyncio

from aiolimiter import AsyncLimiter


async def main():
    limiter = AsyncLimiter(5, 0.25)
    served = []

    async def ask(amount):
        await limiter.acquire(amount)
        served.append(amount)

    await limiter.acquire(5)
    tasks = [asyncio.create_task(ask(amount)) for amount in [5] + [1] * 20]
    await asyncio.gather(*tasks)
    print('first to ask: 5, served:', *served)


asyncio.run(main())
PYTHON
holds <<'END'
first to ask: 5, served: 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 5
END
