#!/usr/bin/env bash
# uvloop 0.23.0: `asyncio.sleep(0.0014)` returns after one millisecond, too early, in most of its calls; of two timers 9.6 and 10.4 ms away the one that
# was made first fires first, though its deadline is the later one. With asyncio's own loop neither happens.
# Guess: a timer fires when its time has passed, never before; the earlier deadline comes first. uvloop is asyncio's loop, only faster.
# Why: a delay is rounded to the nearest whole millisecond, in which libuv's timers count; what is less than half of one becomes none at all. So code that
#   sleeps until a deadline and then asks whether it is over finds that it is not: a loop around such a sleep runs once more, an `assert` or a limiter
#   that counts the time fails now and then, and in production alone, where uvloop is installed. Compare with a millisecond in hand. (tokio rounds up:
#   tokio-timers-of-a-millisecond.)
# Source: uvloop's loop.pyx, `call_later`; its documentation says nothing of the resolution; Python's of `loop.time` and `asyncio.sleep`.
. "$(dirname "$0")/run.bash"
python uvloop==0.23.0 <<'PYTHON'
import asyncio
import time

import uvloop


async def early():
    count = 0
    for _ in range(200):
        before = time.monotonic()
        await asyncio.sleep(0.0014)
        count += time.monotonic() - before < 0.0014
    return count


async def show(name):
    count = await early()
    print(f"{name}: sleeps that ended too early, of 200: {'none' if count == 0 else 'some'}")
    loop, fired = asyncio.get_running_loop(), []
    loop.call_later(0.0104, fired.append, '10.4 ms')
    loop.call_later(0.0096, fired.append, '9.6 ms')
    await asyncio.sleep(0.1)
    print(f"{name}: {' before '.join(fired)}")


asyncio.run(show('asyncio'))
uvloop.run(show('uvloop'))
PYTHON
holds <<'END'
asyncio: sleeps that ended too early, of 200: none
asyncio: 9.6 ms before 10.4 ms
uvloop: sleeps that ended too early, of 200: some
uvloop: 10.4 ms before 9.6 ms
END
