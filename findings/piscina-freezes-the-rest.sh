#!/usr/bin/env bash
# piscina 5.3.2, tinypool 2.2.0: a timer that a task left behind does not fire while its worker is idle; in workerpool 10.0.3 it fires.
# Guess: a worker is a thread with an event loop; what a task does not await goes on after it, as in the main thread.
# Why: an idle worker of piscina waits for its next task in `Atomics.wait`, which stops the whole thread: timers, sockets, promises. They go on when
#   a later task awaits something. What the last task would still log or flush "in the background" never happens. `atomics: 'async'` or
#   `'disabled'` leaves the event loop running.
# Source: piscina's README, option `atomics`.
. "$(dirname "$0")/run.bash"
mkdir "$work/tasks"
cat >"$work/tasks/piscina.mjs" <<'TASK'
export default fired => { setTimeout(() => Atomics.store(new Int32Array(fired), 0, 1), 200) }
TASK
cat >"$work/tasks/workerpool.mjs" <<TASK
import workerpool from 'workerpool'
import task from '$work/tasks/piscina.mjs'
workerpool.worker({ task })
TASK
node piscina@5.3.2 tinypool@2.2.0 workerpool@10.0.3 <<'NODE'
import { Piscina } from 'piscina'
import Tinypool from 'tinypool'
import workerpool from 'workerpool'

const folder = new URL('tasks/', import.meta.url)
const options = { filename: new URL('piscina.mjs', folder).href, minThreads: 1, maxThreads: 1 }
const pools = {
  'piscina': new Piscina(options),
  'piscina, atomics async': new Piscina({ ...options, atomics: 'async' }),
  'piscina, atomics disabled': new Piscina({ ...options, atomics: 'disabled' }),
  'tinypool': new Tinypool(options),
  'workerpool': workerpool.pool(new URL('workerpool.mjs', folder).pathname, { maxWorkers: 1, workerType: 'thread' }),
}
for (const [name, pool] of Object.entries(pools)) {
  const fired = new SharedArrayBuffer(4)
  await (pool.run ? pool.run(fired) : pool.exec('task', [fired]))
  const until = Date.now() + (name === 'piscina' || name === 'tinypool' ? 1000 : 20000)
  while (!Atomics.load(new Int32Array(fired), 0) && Date.now() < until) {
    await new Promise(resolve => setTimeout(resolve, 10))
  }
  console.log(`${name}: fired ${Atomics.load(new Int32Array(fired), 0) === 1}`)
  await (pool.destroy ? pool.destroy() : pool.terminate())
}
NODE
holds <<'END'
piscina: fired false
piscina, atomics async: fired true
piscina, atomics disabled: fired true
tinypool: fired false
workerpool: fired true
END
