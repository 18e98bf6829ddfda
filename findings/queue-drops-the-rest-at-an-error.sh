#!/usr/bin/env bash
# queue 7.0.0 (npm): after a job has failed those that wait are thrown away, and the one that still runs is forgotten: its end is reported to nobody.
# fastq 1.20.3, p-queue 9.0.0, queue-promise 2.2.1 and promise-queue 2.2.5 run all the others.
# Guess: a job's failure is that job's; the error is reported, and the queue goes on with the next one.
# Why: the queue listens to its own event 'error' and ends itself at it: it empties the list, and no longer counts the job that runs. So it is one
#   undertaking of many jobs rather than a queue: jobs of clients who know nothing of each other, pushed into one, lose one another, and with `autostart`
#   nobody hears of it but those who listen to its events. A job that catches what it throws harms nobody.
# Source: queue's index.js, the listener in its constructor, and `end`; its readme says of `start` that it reports an error, and nothing of the jobs that
#   wait.
. "$(dirname "$0")/run.bash"
node queue@7.0.0 fastq@1.20.3 p-queue@9.0.0 queue-promise@2.2.1 promise-queue@2.2.5 <<'NODE'
import fastq from 'fastq'
import PQueue from 'p-queue'
import PromiseQueue from 'promise-queue'
import Queue from 'queue'
import QueuePromise from 'queue-promise'

const ignore = () => {}
const push = {
  'queue': () => { const it = new Queue({ concurrency: 2, autostart: true }); return job => it.push(job) },
  'fastq': () => { const it = fastq.promise(job => job(), 2); return job => it.push(job).catch(ignore) },
  'p-queue': () => { const it = new PQueue({ concurrency: 2 }); return job => it.add(job).catch(ignore) },
  'queue-promise': () => { const it = new QueuePromise({ concurrent: 2, interval: 1, start: true }); return job => it.enqueue(job) },
  'promise-queue': () => { const it = new PromiseQueue(2); return job => it.add(job).catch(ignore) },
}
const elapse = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

for (const [name, make] of Object.entries(push)) {
  const begun = [], add = make()
  add(async () => { begun.push('long'); await elapse(200) })
  add(async () => { begun.push('failing'); await elapse(20); throw new Error('failed') })
  for (const job of ['third', 'fourth']) add(async () => { begun.push(job) })
  const until = Date.now() + (name === 'queue' ? 1000 : 20000)
  while (begun.length < 4 && Date.now() < until) await elapse(5)
  console.log(`${name}: ${begun.join(', ')}`)
}
NODE
holds <<'END'
queue: long, failing
fastq: long, failing, third, fourth
p-queue: long, failing, third, fourth
queue-promise: long, failing, third, fourth
promise-queue: long, failing, third, fourth
END
