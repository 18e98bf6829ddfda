#!/usr/bin/env bash
# node-schedule 2.1.1: a job of every second whose event loop was blocked for four seconds runs once for each second that it missed, all at once; with
# node-cron 4.6.0, cron 4.4.0 and croner 11.0.1 at most once for all of them.
# Guess: a missed time is missed, as it is with cron, or all that were missed are made up for by one run; so in all four.
# Why: a run plans the next one, from the time that it was planned for and not from now. If that lies in the past, too, its timer fires at once, and so on to the
#   present. A minutely job of a laptop that slept, or of a server that was suspended, for eight hours runs 480 times in a row; asynchronous ones run side
#   by side. Who must not do that compares the planned time, the job's argument, with the present.
# Source: node-schedule's lib/Invocation.js, `prepareNextInvocation` and `scheduleNextRecurrence`; its README says nothing of missed times.
. "$(dirname "$0")/run.bash"
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
holds <<'END'
node-schedule: after four seconds without a run four within 300 ms
node-cron: after four seconds without a run at most one within 300 ms
cron: after four seconds without a run at most one within 300 ms
croner: after four seconds without a run at most one within 300 ms
END
