#!/usr/bin/env bash
# simpy 4.1.2: a process that was interrupted while it waited for an item of a `Store`, or that has stopped waiting for it after a timeout, takes the next
# item all the same; nobody has it then, and the process that waits behind it waits on.
# Guess: whoever does not wait any more is not served: the exception out of `yield store.get()` takes the request back, as it does in asyncio.
# Why: the request is an object of its own in the store's queue, and the process only waits for it; an interrupt ends the waiting. It is taken back by
#   `cancel()`, or by `with store.get() as request:`. (`|` with a timeout needs it as well: the loser of a race goes on.) A model that forgets it loses
#   parts and customers at each time-out, and its throughput is wrong without any sign.
# Source: simpy's documentation of `Get.cancel` and `Put.cancel`, which ask for it after an interrupt.
. "$(dirname "$0")/run.bash"
python simpy==4.1.2 <<'PYTHON'
import simpy


def run(wait):
    """Who has the one item that comes when the first of two has given up."""
    environment = simpy.Environment()
    store, has = simpy.Store(environment), []

    def first():
        try:
            yield from wait(environment, store)
        except simpy.Interrupt:
            pass

    def second():
        has.append((yield store.get()))

    def main():
        waiting = environment.process(first())
        environment.process(second())
        yield environment.timeout(2)
        if waiting.is_alive:
            waiting.interrupt()
        yield environment.timeout(1)
        yield store.put('item')

    environment.process(main())
    environment.run()
    return f'the second has {has}, in the store {store.items}'


def interrupted(environment, store):
    yield store.get()


def timed_out(environment, store):
    yield store.get() | environment.timeout(1)


def interrupted_with(environment, store):
    with store.get() as request:
        yield request


def timed_out_with(environment, store):
    with store.get() as request:
        yield request | environment.timeout(1)


for wait in interrupted, timed_out, interrupted_with, timed_out_with:
    print(f'{wait.__name__}: {run(wait)}')
PYTHON
holds <<'END'
interrupted: the second has [], in the store []
timed_out: the second has [], in the store []
interrupted_with: the second has ['item'], in the store []
timed_out_with: the second has ['item'], in the store []
END
