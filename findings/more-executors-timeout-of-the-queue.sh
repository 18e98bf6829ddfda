#!/usr/bin/env bash
# more-executors 2.11.4: `with_timeout(0.2)` reports nothing of a call that runs longer: its future waits for it and has its value. It ends the futures of
# calls that have not begun, and those by CancelledError, which `except TimeoutError` does not catch.
# Guess: a future is over its limit after 0.2 s, with a TimeoutError, whether its call runs on or not, as `result(timeout=0.2)` is.
# Why: at the limit `Future.cancel()` is called, once. A call that a thread has begun cannot be cancelled, so the future stays as it is. What is
#   limited is the time in the queue: a call that hangs is waited for without an end, and the calls behind it are thrown away in its place.
#   `submit(…).result(timeout=…)` limits the wait; the call itself only a process that is killed does (pebble).
# Source: more-executors' documentation of `TimeoutExecutor` ("no guarantee"); timeout.py, `_do_cancel`.
. "$(dirname "$0")/run.bash"
python more-executors==2.11.4 <<'PYTHON'
import concurrent.futures as futures
import threading

from more_executors import Executors

go = threading.Event()


def long():
    go.wait()
    return 'its value'


def outcome(future):
    try:
        return future.result(timeout=20)
    except Exception as error:
        return type(error).__name__


with Executors.thread_pool(max_workers=1).with_timeout(0.2) as executor:
    running = executor.submit(long)
    queued = executor.submit(str)
    print('the call in the queue:', outcome(queued))
    print('the call that runs, long after its limit:', 'done' if futures.wait([running], timeout=1).done else 'not done')
    go.set()
    print('when it returns:', outcome(running))
PYTHON
holds <<'END'
the call in the queue: CancelledError
the call that runs, long after its limit: not done
when it returns: its value
END
