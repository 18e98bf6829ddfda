#!/usr/bin/env bash
# trio 0.35.0: `notify(1)` wakes nobody, although two tasks wait, if the one that it has chosen is cancelled before it runs. With anyio 4.16.0, on
# trio as on asyncio, one of them returns from `wait`.
# Guess: a notification that its task cannot use goes to the next, as a place in a semaphore's queue does; one of two is woken in each case.
# Why: trio's `notify` moves a task from the condition's queue to the lock's. A cancel meets it there, takes the lock for it, and raises out of
#   `wait`; the notification is used up. anyio lets a notified task finish its `wait`, and one that is cancelled first passes the notification on. So
#   a queue with a condition of trio's, one `notify` an item, keeps an item beside a waiting consumer after a timeout. Whoever is cancelled holds the
#   lock, and may pass it on himself: `except trio.Cancelled: condition.notify(); raise`; or `notify_all`.
# Source: trio's _sync.py, `Condition.wait` and `notify`; its documentation tells how a cancel waits for the lock, and nothing of the notification.
#   anyio's _core/_synchronization.py, `Condition.wait`.
. "$(dirname "$0")/run.bash"
python anyio==4.16.0 trio==0.35.0 <<'PYTHON'
import anyio
import trio


async def one_of_two(make, passes_on):
    condition = make()
    woken = []
    scopes = []

    async def consumer(name):
        with anyio.CancelScope() as scope:
            scopes.append(scope)
            async with condition:
                try:
                    await condition.wait()
                    woken.append(name)
                except anyio.get_cancelled_exc_class():
                    if passes_on:
                        condition.notify(1)
                    raise

    async with anyio.create_task_group() as group:
        for name in 'first', 'second':
            group.start_soon(consumer, name)
            await anyio.wait_all_tasks_blocked()
        async with condition:
            condition.notify(1)
            scopes[0].cancel()
        await anyio.wait_all_tasks_blocked()
        result = woken or 'nobody'
        group.cancel_scope.cancel()
    return result


print('trio:', anyio.run(one_of_two, trio.Condition, False, backend='trio'))
print('trio, passed on by hand:', anyio.run(one_of_two, trio.Condition, True, backend='trio'))
print('anyio on trio:', anyio.run(one_of_two, anyio.Condition, False, backend='trio'))
print('anyio on asyncio:', anyio.run(one_of_two, anyio.Condition, False, backend='asyncio'))
PYTHON
holds <<'END'
trio: nobody
trio, passed on by hand: ['second']
anyio on trio: ['first']
anyio on asyncio: ['first']
END
