#!/usr/bin/env bash
# anyio 4.16.0: with a limit of one thread two run at once, if the call of the first was cancelled (`abandon_on_cancel=True`) and the loop is
# asyncio's. On trio 0.35.0 the same program keeps to one.
# Guess: the limit is of threads, as its documentation says; the place of a thread that is left behind is free when the thread has ended.
# Why: on asyncio the place belongs to the waiting task, which gives it back as it is cancelled; on trio it belongs to the thread. So a timeout around
#   slow calls, each of which is left behind, starts a new thread for each retry, on asyncio alone: forty (the default) limit the waiting, not the
#   threads.
# Source: documentation of `anyio.to_thread.run_sync` (`limiter`) and of `trio.to_thread.run_sync`, "Cancellation handling"; anyio's
#   _backends/_asyncio.py; its issue 71, which asks for what trio does.
. "$(dirname "$0")/run.bash"
python anyio==4.16.0 trio==0.35.0 <<'PYTHON'
import threading

import anyio


async def at_once(seconds):
    limiter = anyio.CapacityLimiter(1)
    gate = threading.Event()
    began = [anyio.Event(), anyio.Event()]

    def work(number):
        anyio.from_thread.run_sync(began[number].set)
        gate.wait()

    async def call(number, scope):
        with scope:
            await anyio.to_thread.run_sync(work, number, abandon_on_cancel=True, limiter=limiter)

    async with anyio.create_task_group() as group:
        first = anyio.CancelScope()
        group.start_soon(call, 0, first)
        await began[0].wait()
        first.cancel()
        group.start_soon(call, 1, anyio.CancelScope())
        with anyio.move_on_after(seconds):
            await began[1].wait()
        second = began[1].is_set()
        gate.set()
    return 2 if second else 1


for backend, seconds in ('asyncio', 20), ('trio', 1):
    print(f'{backend}: {anyio.run(at_once, seconds, backend=backend)} at once')
PYTHON
holds <<'END'
asyncio: 2 at once
trio: 1 at once
END
