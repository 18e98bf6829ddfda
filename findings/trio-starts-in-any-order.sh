#!/usr/bin/env bash
# trio 0.35.0: two tasks that are started in one nursery run in either order, from run to run; asyncio's run as they were created.
# Guess: first started, first run.
# Why: each batch of tasks that can run is turned round or not at random, so that nobody comes to rely on an order. pytest plugins make it
#   repeatable.
# Source: trio/_core/_run.py, and trio's page on testing.
. "$(dirname "$0")/run.bash"
python trio==0.35.0 <<'PYTHON'
import asyncio

import trio


async def trios():
    seen = set()

    async def task(name):
        order.append(name)

    for _ in range(200):
        order = []
        async with trio.open_nursery() as nursery:
            for name in 'abc':
                nursery.start_soon(task, name)
        seen.add(''.join(order))
    return sorted(seen)


async def asyncios():
    seen = set()

    async def task(name):
        order.append(name)

    for _ in range(200):
        order = []
        await asyncio.gather(*map(task, 'abc'))
        seen.add(''.join(order))
    return sorted(seen)

print('asyncio', asyncio.run(asyncios()))
print('trio   ', trio.run(trios))
PYTHON
holds <<'END'
asyncio ['abc']
trio    ['abc', 'cba']
END
