#!/usr/bin/env bash
# aiostream 0.8.1: a consumer that takes one item of `stream.map(source, work)` has begun the work on all hundred, if `work` is a coroutine function; with
# a plain function on one. With `task_limit=2` it is two. asyncstdlib 3.14.0's `map` begins one.
# Guess: a stream is lazy: what nobody asks for is not read, and the work on an item begins when it is asked for, or some few ahead.
# Why: for a coroutine function there is no limit of tasks by default, and the source is read on while there is a task to make: until the first result
#   is there. So a `map(urls, fetch)` opens all connections at once, and a `break`, a slow consumer or a later `take(1)` does not hold it back. With a
#   limit the source is read as results are taken. IxJS's `flatMap` does the same in Node (ix 7.0.0).
# Source: aiostream's documentation of `map` (`task_limit`); advanced.py, `base_combine`.
. "$(dirname "$0")/run.bash"
python aiostream==0.8.1 asyncstdlib==3.14.0 <<'PYTHON'
import asyncio

import asyncstdlib
from aiostream import stream

begun = 0


async def source():
    for item in range(100):
        yield item


async def work(item):
    global begun
    begun += 1
    # Turns of the event loop enough for everything that begins beside it.
    for _ in range(2000):
        await asyncio.sleep(0)
    return item


def plain(item):
    global begun
    begun += 1
    return item


async def main():
    global begun
    for name, make in {
        'a coroutine function': lambda: stream.map(source(), work),
        'a coroutine function, task_limit=2': lambda: stream.map(source(), work, task_limit=2),
        'a coroutine function, then take(1)': lambda: stream.take(stream.map(source(), work), 1),
        'a plain function': lambda: stream.map(source(), plain),
    }.items():
        begun = 0
        async with make().stream() as items:
            async for _ in items:
                break
        print(f'aiostream, {name}: {begun} begun')
    begun = 0
    async for _ in asyncstdlib.map(work, source()):
        break
    print(f'asyncstdlib, a coroutine function: {begun} begun')


asyncio.run(main())
PYTHON
holds <<'END'
aiostream, a coroutine function: 100 begun
aiostream, a coroutine function, task_limit=2: 2 begun
aiostream, a coroutine function, then take(1): 100 begun
aiostream, a plain function: 1 begun
asyncstdlib, a coroutine function: 1 begun
END
