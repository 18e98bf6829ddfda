#!/usr/bin/env bash
# schedule 1.2.2: a job that raises is due again at once, and the jobs that are due after it do not run, as long as it fails. APScheduler 3.11.3 runs each
# at its times.
# Guess: the loop that catches the exception goes on with the next `run_pending`: the failed job waits for its next time, the others have run or run now.
# Why: a job's next time is set when the job has returned; one that raises stays due, with the earliest time of all, and so is the first of every
#   `run_pending`, which its exception ends. A daily job that fails is run by each turn of the loop, in the usual loop once a second, and nothing else is.
#   Each job has to catch what it raises.
# Source: schedule's documentation, "Exception Handling" (it catches none; nothing on when the job is due again); its __init__.py, `Job.run`.
. "$(dirname "$0")/run.bash"
python schedule==1.2.2 apscheduler==3.11.3 <<'PYTHON'
import collections
import datetime
import logging
import threading

import schedule
from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_EXECUTED
from apscheduler.schedulers.background import BackgroundScheduler

logging.disable()
ran = collections.Counter()


def fails():
    ran['fails'] += 1
    raise OSError


def works():
    ran['works'] += 1


scheduler = schedule.Scheduler()
for each in fails, works:
    # As at its hour: a daily job that is due.
    scheduler.every().day.do(each).next_run = datetime.datetime.now()
for _ in range(5):
    try:
        scheduler.run_pending()
    except OSError:
        pass
print(f"schedule, five turns of the loop: the job that fails ran {ran['fails']} times, the other {ran['works']} times")

ran.clear()
ended = threading.Semaphore(0)
scheduler = BackgroundScheduler(timezone=datetime.timezone.utc)
scheduler.add_listener(lambda event: ended.release(), EVENT_JOB_EXECUTED | EVENT_JOB_ERROR)
for each in fails, works:
    scheduler.add_job(each, 'interval', days=1, next_run_time=datetime.datetime.now(datetime.timezone.utc), misfire_grace_time=None)
scheduler.start()
for _ in range(2):
    ended.acquire(timeout=20)
scheduler.shutdown()
print(f"APScheduler: the job that fails ran {ran['fails']} time, the other {ran['works']} time")
PYTHON
holds <<'END'
schedule, five turns of the loop: the job that fails ran 5 times, the other 0 times
APScheduler: the job that fails ran 1 time, the other 1 time
END
