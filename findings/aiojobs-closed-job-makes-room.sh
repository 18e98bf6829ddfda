#!/usr/bin/env bash
# aiojobs 1.4.0: a job that is closed while it waits lets another one in beside the one that runs: with a limit of one, two run. And a job that waits is
# begun, past the limit, when somebody's `wait(timeout=…)` for it has run out, which is reported as InvalidStateError.
# Guess: closing takes it out of the queue, and nothing else begins; the timeout is a TimeoutError, and the job is closed, as one that runs is.
# Why: the jobs that run are counted as all less those in the queue. A closed job is not among all any more, and still in the queue, so one too few is
#   counted. To close a job that waits is to start it and to cancel it; after a timeout the start has failed half way, and nobody cancels. So
#   a limit that protects a server is exceeded when callers give up, that is under load.
# Source: aiojobs' _scheduler.py, `active_count` and `_done`; _job.py, `_close`; its documentation of `Scheduler` (`limit`) and of `Job.wait`.
. "$(dirname "$0")/run.bash"
python aiojobs==1.4.0 <<'PYTHON'
import asyncio

import aiojobs


async def scene(give_up):
    """The names of the jobs that have begun, before and after the second of three has been given up."""
    begun, go = [], asyncio.Event()

    async def work(name):
        begun.append(name)
        await go.wait()

    scheduler = aiojobs.Scheduler(limit=1)
    jobs = [await scheduler.spawn(work(name)) for name in 'ABC']
    await asyncio.sleep(0.1)
    before, how = list(begun), await give_up(jobs[1])
    await asyncio.sleep(0.1)
    print(f"limit 1, running: {' and '.join(before)}; {how}, running: {' and '.join(begun)}")
    go.set()
    await scheduler.wait_and_close()


async def close(job):
    await job.close()
    return 'B closed'


async def wait(job):
    try:
        await job.wait(timeout=0.1)
    except Exception as error:
        return f'wait for B ends by {type(error).__name__}'


asyncio.run(scene(close))
asyncio.run(scene(wait))
PYTHON
holds <<'END'
limit 1, running: A; B closed, running: A and C
limit 1, running: A; wait for B ends by InvalidStateError, running: A and B
END
