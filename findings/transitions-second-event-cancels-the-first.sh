#!/usr/bin/env bash
# transitions 0.9.3: a second event for an `AsyncMachine` whose callback for the first one is still waiting cancels that callback in its middle; the first
# event returns False, and raises nothing. With python-statemachine 3.2.0 the second waits for the first.
# Guess: a state machine takes one event at a time; the second is worked on when the first has come to its end, or is refused.
# Why: an event that comes in makes whatever runs for its model out of date, and so cancels it, on purpose. So of two clients that press "pay" one after
#   the other the first has perhaps charged the card, and not yet noted it. An `await` in a callback is a place where it may end. `queued=True` puts
#   events one after the other, for all models of the machine, `queued='model'` for each.
# Source: transitions' README, "Using async callbacks"; extensions/asyncio.py, `cancel_running_transitions`.
. "$(dirname "$0")/run.bash"
python transitions==0.9.3 python-statemachine==3.2.0 <<'PYTHON'
import asyncio

from statemachine import State, StateMachine
from transitions.extensions.asyncio import AsyncMachine


async def work(log, name):
    log.append(f'{name} begins')
    await asyncio.sleep(0.3)
    log.append(f'{name} ends')


async def two(event):
    """What both events return, the second of which comes while the callback of the first is waiting."""
    first = asyncio.create_task(event('first'))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(event('second'))
    return await asyncio.gather(first, second)


async def with_transitions(queued):
    log = []

    class Order:
        async def charge(self, name):
            await work(log, name)

    order = Order()
    machine = AsyncMachine(order, states=['new', 'paid', 'sent'], initial='new', queued=queued)
    machine.add_transition('go', 'new', 'paid', before='charge')
    machine.add_transition('go', 'paid', 'sent', before='charge')
    returned = await two(order.go)
    print(f"transitions, queued={queued}: {', '.join(log)}; returned {returned}; {order.state}")


async def with_statemachine():
    log = []

    class Order(StateMachine):
        new, paid, sent = State(initial=True), State(), State(final=True)
        go = new.to(paid) | paid.to(sent)

        async def on_go(self, name):
            await work(log, name)

    order = Order()
    await order.activate_initial_state()
    await two(order.go)
    print(f"python-statemachine: {', '.join(log)}")


async def main():
    await with_transitions(False)
    await with_transitions(True)
    await with_statemachine()


asyncio.run(main())
PYTHON
holds <<'END'
transitions, queued=False: first begins, second begins, second ends; returned [False, True]; paid
transitions, queued=True: first begins, first ends, second begins, second ends; returned [True, True]; sent
python-statemachine: first begins, first ends, second begins, second ends
END
