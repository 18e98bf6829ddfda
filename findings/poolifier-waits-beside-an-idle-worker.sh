#!/usr/bin/env bash
# poolifier 5.3.2: a task waits behind a long one while another worker of the pool is idle, with the strategy that the package calls "least used" as
# well.
# Guess: a pool has one queue, from which whoever is free takes the next task; or a task goes to a worker that is free.
# Why: a task is posted to a worker as it is submitted, the one with the fewest at that moment, and what lies in a worker's message queue is not taken
#   out again. That suits tasks of one length; one that takes a minute delays some that take a millisecond by a minute. With `enableTasksQueue: true`
#   the pool keeps what a worker has not begun, and an idle worker steals it. piscina 5.3.2 and workerpool 10.0.3 have one queue for all workers.
# Source: poolifier's docs/api.md, "Pool options" (`workerChoiceStrategy`, `enableTasksQueue`, `taskStealing`).
. "$(dirname "$0")/run.bash"
mkdir "$work/tasks"
cat >"$work/tasks/work.mjs" <<'TASK'
export default gate => { if (gate instanceof SharedArrayBuffer) Atomics.wait(new Int32Array(gate), 0, 0) }
TASK
cat >"$work/tasks/poolifier.mjs" <<TASK
import { ThreadWorker } from 'poolifier'
import work from '$work/tasks/work.mjs'
export default new ThreadWorker(work)
TASK
cat >"$work/tasks/workerpool.mjs" <<TASK
import workerpool from 'workerpool'
import work from '$work/tasks/work.mjs'
workerpool.worker({ work })
TASK
node poolifier@5.3.2 piscina@5.3.2 workerpool@10.0.3 <<'NODE'
import { Piscina } from 'piscina'
import { FixedThreadPool } from 'poolifier'
import workerpool from 'workerpool'

const path = name => new URL(`tasks/${name}.mjs`, import.meta.url).pathname
const poolifier = options => new FixedThreadPool(2, path('poolifier'), options)
const pools = {
  'poolifier, least used': [() => poolifier({}), 2],
  'poolifier, round robin': [() => poolifier({ workerChoiceStrategy: 'ROUND_ROBIN' }), 2],
  'poolifier, tasks queue': [() => poolifier({ enableTasksQueue: true }), 20],
  'piscina': [() => new Piscina({ filename: path('work'), minThreads: 2, maxThreads: 2 }), 20],
  'workerpool': [() => workerpool.pool(path('workerpool'), { minWorkers: 2, maxWorkers: 2, workerType: 'thread' }), 20],
}
const until = async (what, seconds) => {
  for (const end = Date.now() + seconds * 1000; !what() && Date.now() < end;) await new Promise(resolve => setTimeout(resolve, 10))
}
for (const [name, [make, seconds]] of Object.entries(pools)) {
  const pool = make()
  const run = gate => pool.execute ? pool.execute(gate) : pool.run ? pool.run(gate) : pool.exec('work', [gate])
  const gate = new SharedArrayBuffer(4)
  let done = 0
  const long = run(gate)
  const short = [1, 2, 3].map(() => run(null).then(() => done++))
  await until(() => done >= 2, 20)
  await until(() => done === 3, seconds)
  console.log(`${name}: ${done} of 3 short tasks beside a long one`)
  Atomics.store(new Int32Array(gate), 0, 1)
  Atomics.notify(new Int32Array(gate), 0)
  await Promise.all([long, ...short])
}
process.exit()
NODE
holds <<'END'
poolifier, least used: 2 of 3 short tasks beside a long one
poolifier, round robin: 2 of 3 short tasks beside a long one
poolifier, tasks queue: 3 of 3 short tasks beside a long one
piscina: 3 of 3 short tasks beside a long one
workerpool: 3 of 3 short tasks beside a long one
END
