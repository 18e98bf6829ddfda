#!/usr/bin/env bash
# aiometer 1.0.0: a loop over `amap` that breaks at the first of twenty results goes on only when all twenty calls have been made. Two at a time are
# allowed.
# Guess: at the end of the `async with` block the calls that run are cancelled, and the others are not begun: nobody can take their results any more.
# Why: the block is a task group, and a `break` leaves it as its normal end does: by waiting. The results have a buffer for all of them, so nothing holds
#   the calls back. So "the first that answers", or a loop that stops at an error in the data, costs all requests, and the time for them. An exception out
#   of the block cancels what is left: `raise` in it, and `except` around it.
# Source: aiometer's _impl/amap.py, whose buffer has the length of the input; its README shows `amap` with a loop to the end, and names no early one.
. "$(dirname "$0")/run.bash"
python aiometer==1.0.0 <<'PYTHON'
import asyncio

import aiometer


class Enough(Exception):
    pass


async def leave(by_exception):
    """How many of the calls were begun when the program is behind the block."""
    begun = 0

    async def call(number):
        nonlocal begun
        begun += 1
        await asyncio.sleep(0.1)
        return number

    try:
        async with aiometer.amap(call, range(20), max_at_once=2) as results:
            async for _ in results:
                if by_exception:
                    raise Enough
                break
    except Enough:
        pass
    return begun


async def main():
    print('break:', await leave(False), 'of 20 calls')
    print('an exception:', 'fewer than 10' if await leave(True) < 10 else 'more than 10', 'of 20 calls')


asyncio.run(main())
PYTHON
holds <<'END'
break: 20 of 20 calls
an exception: fewer than 10 of 20 calls
END
