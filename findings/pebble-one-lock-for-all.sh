#!/usr/bin/env bash
# pebble 5.2.3, wrapt 2.5.2: two functions decorated by `synchronized` exclude one another in pebble; in wrapt each only itself.
# Guess: a decorated function has a lock of its own, in both.
# Why: pebble's decorator without an argument takes one lock of the module, for all functions of the program, those of other packages included, and no RLock.
#   So a decorated function that calls another decorated one, or waits for a thread that does, waits for itself; and two parts that know
#   nothing of one another take turns. `@synchronized(lock)` with a lock of one's own says which. wrapt keeps an RLock for each function (or object).
# Source: pebble's documentation of `synchronized`; wrapt's of its decorator of that name.
. "$(dirname "$0")/run.bash"
python pebble==5.2.3 wrapt==2.5.2 <<'PYTHON'
import threading

import pebble
import wrapt


def together(one, other, seconds):
    """Whether the second function begins while the first is running, which waits for it no longer than that."""
    began = threading.Event()

    @one
    def first():
        thread = threading.Thread(target=second)
        thread.start()
        return thread, began.wait(seconds)

    @other
    def second():
        began.set()

    thread, at_once = first()
    thread.join()
    return at_once


def own():
    return pebble.synchronized(threading.Lock())


print('pebble, begun while the other runs:', together(pebble.synchronized, pebble.synchronized, 1))
print('pebble with a lock each:', together(own(), own(), 20))
print('wrapt:', together(wrapt.synchronized, wrapt.synchronized, 20))
PYTHON
holds <<'END'
pebble, begun while the other runs: False
pebble with a lock each: True
wrapt: True
END
