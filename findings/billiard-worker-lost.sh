#!/usr/bin/env bash
# billiard 4.3.2 (Celery's pool): a task whose worker was killed is reported by an exception that `except WorkerLostError` does not catch.
# Guess: `get()` raises WorkerLostError, the class that the package exports for it, soon after the death.
# Why: the error is wrapped in `ExceptionWithTraceback` in the parent, where nothing unwraps it; the real one is its attribute `exc`. And the pool waits
#   `lost_worker_timeout` (10 s by default, 1 s here) before it gives a task up. The standard library's Pool never does.
# Source: billiard's pool.py (`mark_as_worker_lost`) and einfo.py.
. "$(dirname "$0")/run.bash"
python billiard==4.3.2 <<'PYTHON'
import os
import signal
import time

import billiard
from billiard.exceptions import WorkerLostError
from billiard.pool import LOST_WORKER_TIMEOUT


def die():
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == '__main__':
    pool = billiard.Pool(1, lost_worker_timeout=1.0)
    try:
        pool.apply_async(die).get(timeout=60)
    except WorkerLostError:
        print('caught by its class')
    except Exception as error:
        print(type(error).__name__, 'is no WorkerLostError;', type(error.exc).__name__, 'inside')
    print('given up after', LOST_WORKER_TIMEOUT, 's by default')
    pool.terminate()
    pool.join()
PYTHON
holds <<'END'
ExceptionWithTraceback is no WorkerLostError; WorkerLostError inside
given up after 10.0 s by default
END
