#!/usr/bin/env bash
# aioitertools 0.13.0: of two iterators of `tee` the second gets what the first one has read, and nothing else: while the first reads nothing the second
# waits, beside a source that has items. asyncstdlib 3.14.0's `tee`, and itertools', read for whichever is ahead.
# Guess: either may be ahead; what one has read is kept for the other, as in itertools.
# Why: the first iterator reads the source, and puts each item into a queue for each other one. Whoever waits there is woken by the first alone. So
#   a first consumer that is slow holds up the others, and one that breaks off leaves them waiting for ever, without an error.
# Source: aioitertools' documentation of `tee`, "Caveat", and its issue 56.
. "$(dirname "$0")/run.bash"
python aioitertools==0.13.0 asyncstdlib==3.14.0 <<'PYTHON'
import asyncio

import aioitertools
import asyncstdlib


async def source():
    for item in range(3):
        yield item


async def others():
    """Turns of the event loop enough for every task that can run."""
    for _ in range(1000):
        await asyncio.sleep(0)


async def main():
    for name, tee in ('aioitertools', aioitertools.tee), ('asyncstdlib', asyncstdlib.tee):
        first, second = tee(source(), n=2)
        got = []

        async def read():
            async for item in second:
                got.append(item)

        reader = asyncio.create_task(read())
        await others()
        print(f'{name}: the first has read nothing, the second {got}')
        await anext(first)
        await others()
        print(f'{name}: the first has read one item, the second {got}')
        async for _ in first:
            pass
        await reader
        print(f'{name}: the first has read all, the second {got}')


asyncio.run(main())
PYTHON
holds <<'END'
aioitertools: the first has read nothing, the second []
aioitertools: the first has read one item, the second [0]
aioitertools: the first has read all, the second [0, 1, 2]
asyncstdlib: the first has read nothing, the second [0, 1, 2]
asyncstdlib: the first has read one item, the second [0, 1, 2]
asyncstdlib: the first has read all, the second [0, 1, 2]
END
