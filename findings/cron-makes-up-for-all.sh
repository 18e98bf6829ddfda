#!/usr/bin/env bash
# node-schedule 2.1.1 (Node), aiocron 2.1 (Python): a job of every second whose event loop was blocked for four seconds runs once for each second that it
# missed, all at once; with node-cron 4.6.0, cron 4.4.0 and croner 11.0.1 at most once for all of them.
# Guess: a missed time is missed, as it is with cron, or all that were missed are made up for by one run.
# Why: a run plans the next one, from the time that it was planned for itself and not from now. If that lies in the past, too, its timer fires at once,
#   and so on to the present. A minutely job of a laptop that slept, or of a machine that was suspended, for eight hours runs 480 times in a row;
#   asynchronous ones run side by side. To prevent that, compare the planned time with the present: node-schedule gives it to the job.
# Source: node-schedule's lib/Invocation.js, `prepareNextInvocation` and `scheduleNextRecurrence`; aiocron's `Cron.call_next` and `get_next`; neither page
#   speaks of missed times.
. "$(dirname "$0")/run.bash"
python aiocron==2.1 <<'PYTHON'
import asyncio
import time

import aiocron


async def main():
    runs = 0

    async def job():
        nonlocal runs
        runs += 1

    cron = aiocron.crontab('* * * * * *', func=job)
    while runs < 2:
        await asyncio.sleep(0.005)
    time.sleep(int(time.time()) + 4.3 - time.time())
    runs = 0
    await asyncio.sleep(0.3)
    print(f"aiocron: after four seconds without a run {'four' if runs >= 4 else 'at most one' if runs <= 1 else runs} within 300 ms")
    cron.stop()


asyncio.run(main())
PYTHON
mv "$work/output" "$work/first"
node node-schedule@2.1.1 node-cron@4.6.0 cron@4.4.0 croner@11.0.1 <<'NODE'
import { CronJob } from 'cron'
import { Cron } from 'croner'
import cron from 'node-cron'
import schedule from 'node-schedule'

const start = {
  'node-schedule': job => { const it = schedule.scheduleJob('* * * * * *', job); return () => it.cancel() },
  'node-cron': job => { const it = cron.schedule('* * * * * *', job); return () => it.stop() },
  'cron': job => { const it = CronJob.from({ cronTime: '* * * * * *', onTick: job, start: true }); return () => it.stop() },
  'croner': job => { const it = new Cron('* * * * * *', job); return () => it.stop() },
}
const elapse = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

for (const [name, begin] of Object.entries(start)) {
  let runs = 0
  const stop = begin(() => { runs += 1 })
  while (runs < 2) await elapse(5)
  const until = (Math.floor(Date.now() / 1000) + 4) * 1000 + 300
  while (Date.now() < until);
  runs = 0
  await elapse(300)
  console.log(`${name}: after four seconds without a run ${runs >= 4 ? 'four' : runs <= 1 ? 'at most one' : runs} within 300 ms`)
  stop()
}
NODE
cat "$work/output" >>"$work/first"
mv "$work/first" "$work/output"
holds <<'END'
aiocron: after four seconds without a run four within 300 ms
node-schedule: after four seconds without a run four within 300 ms
node-cron: after four seconds without a run at most one within 300 ms
cron: after four seconds without a run at most one within 300 ms
croner: after four seconds without a run at most one within 300 ms
END
