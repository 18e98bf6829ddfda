#!/usr/bin/env bash
# cashews 7.6.0, cachebox 6.2.10, aiodataloader 0.4.3, strawberry-graphql 0.341.2 (its data loader): two tasks ask for one key, and the first is
# cancelled, as by a timeout of its own; then the second ends as cancelled, too, though nobody cancelled it, and of aiodataloader whoever asks for that
# key later. With async-lru 2.4.0 the second gets the value, with asyncache 0.3.1, which computes twice, as well.
# Guess: the second has asked for itself; it gets the value, computed on for it or anew.
# Why: cashews has a task, each of the loaders a future for the key, which all callers await: to cancel one who awaits it is to cancel it, and so the
#   rest. aiodataloader keeps the future. cachebox hands the failure of the computation to those who wait for it, and takes the cancellation for one. A
#   CancelledError that nobody asked for slips through `except Exception`, and a TaskGroup takes the child for one that was to end: no error, and half of
#   its work is missing. So one impatient client ends the requests of all others that want the same page. `asyncio.shield` around the call keeps a
#   cancellation from the others.
# Source: cashews' decorators/locked.py, `thunder_protection`; cachebox's _wrappers.py, `pending_errors`; the loaders' `load`; Python's documentation of
#   `asyncio.shield`.
. "$(dirname "$0")/run.bash"
python cashews==7.6.0 cachebox==6.2.10 async-lru==2.4.0 asyncache==0.3.1 aiodataloader==0.4.3 \
    strawberry-graphql==0.341.2 <<'PYTHON'
import asyncio

import aiodataloader
import async_lru
import asyncache
import cachebox
import cashews
from strawberry.dataloader import DataLoader

cashews.cache.setup('mem://')


def batch(page):
    async def load(names):
        return [await page(name) for name in names]

    return load


async def two(decorate, keep=lambda call: call):
    """How the second of two callers ends, the first of whom is cancelled, and one that comes later."""
    begun, answer = [], asyncio.Event()

    async def page(name):
        begun.append(name)
        await answer.wait()
        return f'page {name}'

    decorated = decorate(page)

    async def ask():
        return await keep(decorated('one'))

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
    third = asyncio.create_task(ask())
    await asyncio.wait([third])
    ended = ['cancelled' if task.cancelled() else task.result() for task in (second, third)]
    return f'the second: {ended[0]}, a later one: {ended[1]}; {raised}; computations: {len(begun)}'


async def main():
    print('cashews:', await two(cashews.cache(ttl='1m')))
    print('cachebox:', await two(cachebox.cached(cachebox.LRUCache(10))))
    print('aiodataloader:', await two(lambda page: aiodataloader.DataLoader(batch(page)).load))
    print('strawberry:', await two(lambda page: DataLoader(load_fn=batch(page)).load))
    print('async-lru:', await two(async_lru.alru_cache))
    print('asyncache:', await two(asyncache.cached({})))
    print('cashews, shield:', await two(cashews.cache(ttl='1m', prefix='again'), asyncio.shield))
    print('cachebox, shield:', await two(cachebox.cached(cachebox.LRUCache(10)), asyncio.shield))


asyncio.run(main())
PYTHON
holds <<'END'
cashews: the second: cancelled, a later one: page one; the group raises nothing; computations: 2
cachebox: the second: cancelled, a later one: page one; the group raises nothing; computations: 2
aiodataloader: the second: cancelled, a later one: cancelled; the group raises nothing; computations: 1
strawberry: the second: cancelled, a later one: page one; the group raises nothing; computations: 2
async-lru: the second: page one, a later one: page one; the group raises nothing; computations: 1
asyncache: the second: page one, a later one: page one; the group raises nothing; computations: 2
cashews, shield: the second: page one, a later one: page one; the group raises nothing; computations: 1
cachebox, shield: the second: page one, a later one: page one; the group raises nothing; computations: 1
END
