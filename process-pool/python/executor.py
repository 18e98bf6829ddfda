"""Row 14: one worker of ProcessPoolExecutor is killed, and every task that is not done fails.

Ten tasks on two workers; task 4 kills its worker when tasks 1 to 3 are done.

Prints:
    [..] done, [..] failed, submit then raises BrokenProcessPool
"""
import multiprocessing
import os
import signal
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor


def give_up(*why):
    for child in multiprocessing.active_children():
        child.kill()
    print(*why, file=sys.stderr)
    os._exit(1)


def begin(gate):
    globals().update(gate=gate)


def task(number):
    if number == 4:
        gate.wait(20)
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.002 if number < 4 else 0.1)


def main():
    # An exit would wait for the workers; and without a thread of the executor's, no future is
    # ever done.
    sys.excepthook = lambda kind, why, trace: give_up(why)
    threading.excepthook = lambda died: give_up(died.exc_value)
    signal.signal(signal.SIGALRM, lambda *_: give_up("nothing has come for 25 s"))
    signal.alarm(25)
    fork = multiprocessing.get_context("fork")
    event = fork.Event()
    pool = ProcessPoolExecutor(2, fork, begin, (event,))
    futures = [pool.submit(task, number) for number in range(1, 11)]
    for future in futures[:3]:
        future.result()
    event.set()
    failed = sum(future.exception() is not None for future in futures)
    try:
        pool.submit(os.getpid)
        refused = "nothing"
    except Exception as error:
        refused = type(error).__name__
    print(f"{len(futures) - failed} done, {failed} failed, submit then raises {refused}")


if __name__ == "__main__":
    main()
