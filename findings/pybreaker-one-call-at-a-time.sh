#!/usr/bin/env bash
# pybreaker 1.4.1: of three threads that call a function through one closed circuit breaker each waits until the call before it is over. With pybreaker's
# `calling()`, and with circuitbreaker 2.1.3, all three are in it at once.
# Guess: a closed breaker lets calls through, and counts how they end; a lock, if it has one, is held for the counting.
# Why: `call`, and with it the decorator, holds the breaker's lock from the look at its state until the protected function has returned. As one breaker
#   stands for one server, all threads of a program take turns at that server, and a call that hangs stops them all without an error, which is what a
#   breaker is there to prevent. A pool of twenty threads behind it has the throughput of one. `with breaker.calling():` holds the lock at the ends of the
#   block only.
# Source: pybreaker's __init__.py, `CircuitBreaker.call` and `calling`; its README says "Thread-safe", and not how.
. "$(dirname "$0")/run.bash"
python pybreaker==1.4.1 circuitbreaker==2.1.3 <<'PYTHON'
import threading

import circuitbreaker
import pybreaker


def together(enter, seconds):
    """How many of three calls are in the protected function at once, which waits for the others no longer than that."""
    inside, most, changed = 0, 0, threading.Condition()

    def protected():
        nonlocal inside, most
        with changed:
            inside += 1
            most = max(most, inside)
            changed.notify_all()
            changed.wait_for(lambda: most == 3, seconds)
            inside -= 1

    threads = [threading.Thread(target=enter, args=(protected,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return most


def block(breaker):
    def enter(protected):
        with breaker.calling():
            protected()
    return enter


decorate = pybreaker.CircuitBreaker()
print('pybreaker, call:', together(pybreaker.CircuitBreaker().call, 1))
print('pybreaker, decorator:', together(lambda protected: decorate(protected)(), 1))
print('pybreaker, calling:', together(block(pybreaker.CircuitBreaker()), 20))
print('circuitbreaker, call:', together(circuitbreaker.CircuitBreaker().call, 20))
PYTHON
holds <<'END'
pybreaker, call: 1
pybreaker, decorator: 1
pybreaker, calling: 3
circuitbreaker, call: 3
END
