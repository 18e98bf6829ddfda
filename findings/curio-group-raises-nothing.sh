#!/usr/bin/env bash
# curio 1.6: a task group one of whose tasks raises cancels the others, and raises nothing: the program goes on after the block as if all had succeeded.
# anyio 4.16.0 and trio 0.35.0 raise there.
# Guess: the block ends by that exception, as it does with a nursery, with anyio's task group and with asyncio's; a group is there to lose no error.
# Why: curio's group keeps the results: `exception`, `results` or the task's `result` are to be asked for, and `result` raises. Its log has the traceback,
#   at the level of a warning. So a block that is moved from one library to the other swallows each failure of a child, and what follows works on what
#   half of them has done.
# Source: curio's documentation of `TaskGroup`, its last paragraph: errors are handled where the result is looked at; task.py, `TaskGroup.join`.
. "$(dirname "$0")/run.bash"
python curio==1.6 anyio==4.16.0 trio==0.35.0 <<'PYTHON'
import logging

import anyio
import curio
import trio

logging.disable()


async def curio_group():
    async def fail():
        raise ValueError

    async def other():
        try:
            await curio.sleep(600)
        except curio.CancelledError:
            print('curio: the other task is cancelled')
            raise

    try:
        async with curio.TaskGroup() as group:
            await group.spawn(other)
            await curio.sleep(0.1)
            await group.spawn(fail)
        print('curio: nothing is raised; the group has', repr(group.exception))
        group.result
    except ValueError as error:
        print('curio: asked for its result it raises', repr(error))


async def fail():
    raise ValueError


async def trio_nursery():
    try:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(fail)
    except* ValueError:
        print('trio: raises ValueError')


async def anyio_group():
    try:
        async with anyio.create_task_group() as group:
            group.start_soon(fail)
    except* ValueError:
        print('anyio: raises ValueError')


curio.run(curio_group)
trio.run(trio_nursery)
anyio.run(anyio_group)
PYTHON
holds <<'END'
curio: the other task is cancelled
curio: nothing is raised; the group has ValueError()
curio: asked for its result it raises ValueError()
trio: raises ValueError
anyio: raises ValueError
END
