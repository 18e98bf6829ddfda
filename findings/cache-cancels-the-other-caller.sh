#!/usr/bin/env bash
# cashews 7.6.0, cachebox 6.2.10: two tasks ask a cached coroutine function for one key, and the first is cancelled, as by a timeout of its own; then the second
# ends as cancelled, too, though nobody cancelled it. With async-lru 2.4.0 it gets the value; with asyncache 0.3.1, which computes twice, as well.
# Guess: the second has asked for itself; it gets the value, computed on for it or anew.
# Why: cashews has a task for the computation, which all callers await: to cancel one who awaits it is to cancel the task, and so the rest. cachebox hands the
#   failure of the computation to those who wait for it, and takes the cancellation for one. A CancelledError that nobody asked for is passed on by `except
#   Exception`, and a TaskGroup takes the child for one that was to end: no error, and half of its work is missing. One impatient client ends the requests of
#   all others that want the same page. `asyncio.shield` around the call of the cached function keeps a caller's cancellation from the others.
# Source: cashews' decorators/locked.py, `thunder_protection`; cachebox's _wrappers.py, `pending_errors`; Python's documentation of `asyncio.shield`.
. "$(dirname "$0")/run.bash"
python cashews==7.6.0 cachebox==6.2.10 async-lru==2.4.0 asyncache==0.3.1 <<'PYTHON'
import asyncio

import asyncache
import async_lru
import cachebox
import cashews

cashews.cache.setup('mem://')


async def two(decorate, keep=lambda call: call):
    """How the second of two callers ends, the first of whom is cancelled, and the number of computations."""
    begun, answer = [], asyncio.Event()

    @decorate
    async def page(name):
        begun.append(name)
        await answer.wait()
        return f'page {name}'

    async def ask():
        return await keep(page('one'))

    async def wait_for(condition):
        while not condition():
            await asyncio.sleep(0.01)

    try:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(ask())
            await wait_for(lambda: begun)
            second = group.create_task(ask())
            await asyncio.sleep(0.2)
            first.cancel()
            await asyncio.sleep(0.2)
            answer.set()
        raised = 'the group raises nothing'
    except* Exception as errors:
        raised = repr(errors)
    ended = 'cancelled' if second.cancelled() else second.result()
    return f'the second is answered: {ended}; computations: {len(begun)}; {raised}'


async def main():
    print('cashews:', await two(cashews.cache(ttl='1m')))
    print('cachebox:', await two(cachebox.cached(cachebox.LRUCache(10))))
    print('async-lru:', await two(async_lru.alru_cache))
    print('asyncache:', await two(asyncache.cached({})))
    print('cashews, shield:', await two(cashews.cache(ttl='1m', prefix='again'), asyncio.shield))
    print('cachebox, shield:', await two(cachebox.cached(cachebox.LRUCache(10)), asyncio.shield))


asyncio.run(main())
PYTHON
holds <<'END'
cashews: the second is answered: cancelled; computations: 1; the group raises nothing
cachebox: the second is answered: cancelled; computations: 1; the group raises nothing
async-lru: the second is answered: page one; computations: 1; the group raises nothing
asyncache: the second is answered: page one; computations: 2; the group raises nothing
cashews, shield: the second is answered: page one; computations: 1; the group raises nothing
cachebox, shield: the second is answered: page one; computations: 1; the group raises nothing
END
