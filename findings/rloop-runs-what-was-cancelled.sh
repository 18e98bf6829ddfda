#!/usr/bin/env bash
# rloop 0.5.0 (an event loop for asyncio, in Rust): a callback of `call_soon` that was cancelled runs all the same if it has exactly one argument; with
# none or two it does not. In asyncio's own loop and with uvloop 0.23.0 none runs. And a handler that was set by `set_exception_handler` is called without
# the loop, so it raises.
# Guess: `Handle.cancel()` takes the callback out, whatever its arguments; an exception in a callback goes to the handler. A loop is a part to be
#   replaced.
# Why: a handle with one argument is a type of its own, for speed, and its part that says whether it was cancelled is missing: the default says no. It has
#   to do with each `call_soon(function, argument)`, `call_soon_threadsafe` and `call_later(0, …)`; later timers have the general type. So what a library
#   has cancelled (a retry, a heartbeat, a result for somebody who has left) happens now and then after the object it belongs to was closed. The project's
#   page says that it is not meant for production yet.
# Source: rloop's src/handles.rs, `impl Handle for Py<CBHandleOneArg>`; rloop/exc.py, `_exception_handler`; Python's documentation of `Handle.cancel` and
#   of `loop.set_exception_handler`.
. "$(dirname "$0")/run.bash"
python rloop==0.5.0 uvloop==0.23.0 <<'PYTHON'
import asyncio
import logging

import rloop
import uvloop

logging.disable()


async def ends(loop):
    ran, told = [], []
    for arguments in (), (1,), (1, 2):
        loop.call_soon(lambda *given: ran.append(f'with {len(given)} arguments'), *arguments).cancel()
    loop.call_soon_threadsafe(ran.append, 'threadsafe').cancel()
    loop.call_later(0, ran.append, 'later, after 0 s').cancel()
    loop.call_later(0.01, ran.append, 'later, after 10 ms').cancel()
    loop.set_exception_handler(lambda loop, context: told.append(context['exception']))
    loop.call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.1)
    return ran, told


for module in asyncio, uvloop, rloop:
    loop = module.new_event_loop()
    asyncio.set_event_loop(loop)
    ran, told = loop.run_until_complete(ends(loop))
    print(f"{module.__name__}: cancelled and run: {', '.join(ran) or 'none'}; the handler was told {told}")
    loop.close()
PYTHON
holds <<'END'
asyncio: cancelled and run: none; the handler was told [ZeroDivisionError('division by zero')]
uvloop: cancelled and run: none; the handler was told [ZeroDivisionError('division by zero')]
rloop: cancelled and run: with 1 arguments, threadsafe, later, after 0 s; the handler was told []
END
