#!/usr/bin/env bash
# streaming-iterables 8.0.1: a loop that breaks out of `parallelMap`, `transform`, `buffer`, `merge` or `parallelMerge` does not end the source: its `finally`
# never runs. With `map` of that package, p-map 7.1.1, it-parallel 3.0.16 and ix 7.0.0 it does. And an error in `parallelMap` that comes while an earlier item
# is still being worked on is an unhandled rejection first, which by default ends the process of a consumer that would have caught it.
# Guess: `for await` with a `break` closes what it reads, and that closes what it reads in turn, as async generators do; an error comes at its item.
# Why: they call `next` of the source themselves, ahead of the consumer, instead of looping over it, and nobody calls `return`. A cursor, a file or a
#   lock that the source holds across its `yield` stays held, without an error. And to a promise ahead of the consumer nobody listens before its turn.
# Source: streaming-iterables' issue 22, "Support return()", open since 2018; its index.mjs, `_parallelMap` and `buffer`. Node's documentation of
#   `--unhandled-rejections`.
. "$(dirname "$0")/run.bash"
node streaming-iterables@8.0.1 p-map@7.1.1 it-parallel@3.0.16 ix@7.0.0 <<'NODE'
import { from } from 'ix/asynciterable'
import { flatMap } from 'ix/asynciterable/operators'
import parallel from 'it-parallel'
import { pMapIterable } from 'p-map'
import { buffer, map, merge, parallelMap, parallelMerge, transform } from 'streaming-iterables'

let closed, unhandled
process.on('unhandledRejection', () => { unhandled = true })
const pause = ms => new Promise(resolve => setTimeout(resolve, ms))

async function* source() {
  try {
    for (let item = 0; item < 4; item++) yield item
  } finally {
    closed = true
  }
}

// Item 0 is slow, and item 1 fails meanwhile.
async function work(item, fail) {
  await pause(item === 0 ? 100 : 0)
  if (fail && item === 1) throw new Error()
  return item
}

async function* tasks(items, fail) {
  for await (const item of items) yield () => work(item, fail)
}

const mapped = {
  'map': f => map(f, source()),
  'parallelMap': f => parallelMap(2, f, source()),
  'transform': f => transform(2, f, source()),
  'p-map': f => pMapIterable(source(), f, { concurrency: 2 }),
  'ix flatMap': f => from(source()).pipe(flatMap(async item => from([await f(item)]))),
  'it-parallel': (_, fail) => parallel(tasks(source(), fail), { concurrency: 2, ordered: true }),
}
const plain = { 'buffer': () => buffer(2, source()), 'merge': () => merge(source()), 'parallelMerge': () => parallelMerge(source()) }

for (const [name, make] of [...Object.entries(mapped), ...Object.entries(plain)]) {
  closed = false
  for await (const _ of make(item => work(item, false), false)) break
  await pause(200)
  console.log(`${name}: after break the source is ${closed ? 'closed' : 'open'}`)
}
for (const [name, make] of Object.entries(mapped)) {
  unhandled = false
  let caught = false
  try {
    for await (const _ of make(item => work(item, true), true));
  } catch {
    caught = true
  }
  console.log(`${name}: error caught ${caught}, unhandled before ${unhandled}`)
}
NODE
holds <<'END'
map: after break the source is closed
parallelMap: after break the source is open
transform: after break the source is open
p-map: after break the source is closed
ix flatMap: after break the source is closed
it-parallel: after break the source is closed
buffer: after break the source is open
merge: after break the source is open
parallelMerge: after break the source is open
map: error caught true, unhandled before false
parallelMap: error caught true, unhandled before true
transform: error caught true, unhandled before false
p-map: error caught true, unhandled before false
ix flatMap: error caught true, unhandled before false
it-parallel: error caught true, unhandled before false
END
