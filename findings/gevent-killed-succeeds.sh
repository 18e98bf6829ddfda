#!/usr/bin/env bash
# gevent 26.9.0, eventlet 0.41.3: gevent takes a killed greenlet for a successful one, and `get` returns the exception as its value; eventlet raises it.
# Guess: both raise it, as asyncio raises CancelledError; `successful()` is false.
# Why: gevent takes GreenletExit for an orderly end, and keeps it as the value. So `joinall(raise_error=True)` raises nothing, and `Pool.map` has an
#   exception among its results, which is found where somebody computes with it.
# Source: gevent's documentation of `Greenlet.kill`, `successful` and `GreenletExit`.
. "$(dirname "$0")/run.bash"
python gevent==26.9.0 eventlet==0.41.3 <<'PYTHON'
import asyncio

import eventlet
import gevent
from gevent.pool import Pool


async def cancelled():
    task = asyncio.ensure_future(asyncio.sleep(60))
    await asyncio.sleep(0)
    task.cancel()
    try:
        return await task
    except asyncio.CancelledError as error:
        return 'raises ' + repr(error)


print('asyncio:', asyncio.run(cancelled()))

killed = eventlet.spawn(eventlet.sleep, 60)
eventlet.sleep(0)
killed.kill()
try:
    print('eventlet:', repr(killed.wait()))
except eventlet.greenlet.GreenletExit as error:
    print('eventlet: raises', repr(error))

killed = gevent.spawn(gevent.sleep, 60)
gevent.sleep(0)
killed.kill()
gevent.joinall([killed], raise_error=True)
print('gevent:', repr(killed.get()), 'successful:', killed.successful(), 'exception:', killed.exception)


def square(number):
    if number == 2:
        gevent.getcurrent().kill()
    return number * number


print('gevent, Pool.map:', Pool(2).map(square, [1, 2, 3]))
PYTHON
holds <<'END'
asyncio: raises CancelledError()
eventlet: raises GreenletExit()
gevent: GreenletExit() successful: True exception: None
gevent, Pool.map: [1, GreenletExit(), 9]
END
