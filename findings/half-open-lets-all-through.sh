#!/usr/bin/env bash
# circuitbreaker 2.1.3, aiobreaker 1.2.0, purgatory 3.0.1: of ten calls that come when the time of an open circuit breaker is over all ten reach the
# server, which still fails. And in circuitbreaker a call that was begun before it opened closes it again when it succeeds.
# Guess: a half-open breaker lets one call through as a trial and refuses the other nine until that one has ended; what was begun before says nothing new.
# Why: half-open is the state, not a place that a call takes: until the first trial has ended, each call that comes finds it so. The slower the server,
#   the more get through, so the one that just begins to recover gets the whole load at once. And circuitbreaker resets itself at each success, whatever
#   the state. Its page speaks of one test execution, aiobreaker's class of the next call. A semaphore around the call, or a lock that is tried, makes the
#   trial one. (pybreaker lets one call at a time through in any state: pybreaker-one-call-at-a-time. In Node opossum 10.0.0 lets one through.)
# Source: circuitbreaker's README, "allows one test-execution", and its `decorate` and `reset`; aiobreaker's state.py, `CircuitHalfOpenState`; purgatory's
#   domain/model.py, `HalfOpenedState`.
. "$(dirname "$0")/run.bash"
python circuitbreaker==2.1.3 aiobreaker==1.2.0 purgatory==3.0.1 <<'PYTHON'
import asyncio
import datetime

import aiobreaker
import circuitbreaker
import purgatory


class Down(Exception):
    pass


def breakers(limit):
    """The three, each opening at the third failure, for that many seconds."""
    one = circuitbreaker.CircuitBreaker(failure_threshold=3, recovery_timeout=limit)
    two = aiobreaker.CircuitBreaker(fail_max=3, timeout_duration=datetime.timedelta(seconds=limit))
    three = purgatory.AsyncCircuitBreakerFactory(default_threshold=3, default_ttl=limit)

    async def through_three(function):
        async with await three.get_breaker('server'):
            await function()

    return {'circuitbreaker': lambda function: one(function)(), 'aiobreaker': two.call_async, 'purgatory': through_three}


async def fail():
    raise Down


async def open_it(call):
    for _ in range(3):
        await asyncio.gather(call(fail), return_exceptions=True)


async def refused(call):
    called = False

    async def server():
        nonlocal called
        called = True

    await asyncio.gather(call(server), return_exceptions=True)
    return not called


async def half_open(call):
    reached = 0

    async def server():
        nonlocal reached
        reached += 1
        await asyncio.sleep(0.5)
        raise Down

    await open_it(call)
    assert await refused(call)
    await asyncio.sleep(2.5)
    await asyncio.gather(*(call(server) for _ in range(10)), return_exceptions=True)
    return reached


async def late(call):
    answer = asyncio.Event()

    async def server():
        await answer.wait()

    earlier = asyncio.create_task(call(server))
    await asyncio.sleep(0)
    await open_it(call)
    before = await refused(call)
    answer.set()
    await asyncio.gather(earlier, return_exceptions=True)
    return before, await refused(call)


async def main():
    for name, call in breakers(2).items():
        print(f'{name}, half-open: {await half_open(call)} of 10 calls reach the server')
    for name, call in breakers(600).items():
        before, after = await late(call)
        print(f'{name}, open: refuses calls {before}, after the success of an earlier call {after}')


asyncio.run(main())
PYTHON
holds <<'END'
circuitbreaker, half-open: 10 of 10 calls reach the server
aiobreaker, half-open: 10 of 10 calls reach the server
purgatory, half-open: 10 of 10 calls reach the server
circuitbreaker, open: refuses calls True, after the success of an earlier call False
aiobreaker, open: refuses calls True, after the success of an earlier call True
purgatory, open: refuses calls True, after the success of an earlier call True
END
