#!/usr/bin/env bash
# es-toolkit 1.53.2 (`mapAsync`), promise-call-limit 3.0.2: of six calls, two at a time, the second fails; the promise rejects at once, and the other four
# calls are begun all the same, behind the caller's back. p-map 7.1.1, p-all 5.0.1, async 3.2.6 (`mapLimit`), modern-async 2.0.4 and tiny-async-pool 2.1.0
# begin no more.
# Guess: a function that has the whole list in its hands stops at the error that it reports, as p-map does.
# Why: es-toolkit gives each call a place behind a semaphore and waits by `Promise.all`, which does not know what stands behind its promises.
#   promise-call-limit has a worker for each place, and the other workers go on; its README says of `rejectLate: true` that the rest then runs, so one
#   takes it that otherwise it does not. A caller that catches the error, cleans up or tries again does so beside calls that still begin: a folder is
#   removed under the writers, and two rounds of two make four at once. `Promise.all` over p-limit 7.3.3 does the same. An AbortController that the calls
#   look at ends it.
# Source: es-toolkit's array/mapAsync and array/limitAsync; promise-call-limit's index.js and README (`rejectLate`).
. "$(dirname "$0")/run.bash"
node es-toolkit@1.53.2 promise-call-limit@3.0.2 p-map@7.1.1 p-all@5.0.1 async@3.2.6 modern-async@2.0.4 tiny-async-pool@2.1.0 \
    p-limit@7.3.3 <<'NODE'
import async from 'async'
import { mapAsync } from 'es-toolkit'
import { asyncMap } from 'modern-async'
import pAll from 'p-all'
import pLimit from 'p-limit'
import pMap from 'p-map'
import { callLimit } from 'promise-call-limit'
import asyncPool from 'tiny-async-pool'

const items = [1, 2, 3, 4, 5, 6]
const run = {
  'es-toolkit': call => mapAsync(items, call, { concurrency: 2 }),
  'promise-call-limit': call => callLimit(items.map(item => () => call(item)), { limit: 2 }),
  'Promise.all over p-limit': call => { const limit = pLimit(2); return Promise.all(items.map(item => limit(() => call(item)))) },
  'p-map': call => pMap(items, call, { concurrency: 2 }),
  'p-all': call => pAll(items.map(item => () => call(item)), { concurrency: 2 }),
  'async': call => async.mapLimit(items, 2, call),
  'modern-async': call => asyncMap(items, call, 2),
  'tiny-async-pool': async call => { for await (const _ of asyncPool(2, items, call)); },
}
const elapse = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

for (const [name, start] of Object.entries(run)) {
  let begun = 0
  const failed = await start(async item => {
    begun += 1
    await elapse(50)
    if (item === 2) throw new Error('failed')
  }).then(() => 'no error', error => error.message)
  const until = Date.now() + 1000
  while (begun < 6 && Date.now() < until) await elapse(10)
  console.log(`${name}: ${failed}; begun in the end: ${begun === 6 ? 'all 6' : begun <= 4 ? 'at most 4' : begun}`)
}
NODE
holds <<'END'
es-toolkit: failed; begun in the end: all 6
promise-call-limit: failed; begun in the end: all 6
Promise.all over p-limit: failed; begun in the end: all 6
p-map: failed; begun in the end: at most 4
p-all: failed; begun in the end: at most 4
async: failed; begun in the end: at most 4
modern-async: failed; begun in the end: at most 4
tiny-async-pool: failed; begun in the end: at most 4
END
