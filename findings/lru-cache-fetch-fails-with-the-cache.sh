#!/usr/bin/env bash
# lru-cache 11.5.3: `fetch` of a value that has been loaded without an error fails with "evicted", "replaced" or "deleted" if, while it was loading, more
# keys were asked for than the cache holds, `set` gave the key a value, or `delete` took it out. And if the first of two callers for a key aborts, both
# calls fail.
# Guess: what happens to the entry decides what is kept; the caller gets what was loaded, or what `set` gave. An abort concerns who aborts.
# Why: a fetch under way lies in the cache as an entry, its promise as the value; what removes the entry aborts the fetch. And the one fetch of a key has
#   the abort signal of the call that began it, while that of whoever joins later is ignored. So with more requests at once than `max`, in a burst after a
#   restart, all but the last `max` fail, and a client that goes away ends the requests of those who joined it. `ignoreFetchAbort: true` gives them the
#   value.
# Source: lru-cache's documentation of `fetch` and `ignoreFetchAbort` (of evicted and deleted keys, and of an abort; of who joins it says nothing).
. "$(dirname "$0")/run.bash"
node lru-cache@11.5.3 <<'NODE'
import { LRUCache } from 'lru-cache'

const end = promise => promise.then(value => `'${value}'`, error => `fails: ${error.message}`)

for (const ignoreFetchAbort of [false, true]) {
  const fresh = () => {
    let load
    const loaded = new Promise(resolve => { load = resolve })
    const fetchMethod = async key => { await loaded; return `loaded ${key}` }
    return [new LRUCache({ max: 2, ignoreFetchAbort, fetchMethod }), load]
  }
  console.log(`ignoreFetchAbort: ${ignoreFetchAbort}`)

  let [cache, load] = fresh()
  const three = ['a', 'b', 'c'].map(key => end(cache.fetch(key)))
  load()
  console.log(`  three keys, room for two: ${(await Promise.all(three)).join(', ')}`)

  for (const [name, change] of [['set', it => it.set('a', 'given')], ['delete', it => it.delete('a')]]) {
    [cache, load] = fresh()
    const one = end(cache.fetch('a'))
    change(cache)
    load()
    console.log(`  ${name} meanwhile: ${await one}`)
  }

  for (const who of ['first', 'second']) {
    [cache, load] = fresh()
    const controller = new AbortController()
    const signal = name => name === who ? { signal: controller.signal } : {}
    const both = ['first', 'second'].map(name => end(cache.fetch('a', signal(name))))
    controller.abort()
    load()
    console.log(`  the ${who} of two callers aborts: ${(await Promise.all(both)).join(', ')}`)
  }
}
NODE
holds <<'END'
ignoreFetchAbort: false
  three keys, room for two: fails: evicted, 'loaded b', 'loaded c'
  set meanwhile: fails: replaced
  delete meanwhile: fails: deleted
  the first of two callers aborts: fails: This operation was aborted, fails: This operation was aborted
  the second of two callers aborts: 'loaded a', 'loaded a'
ignoreFetchAbort: true
  three keys, room for two: 'loaded a', 'loaded b', 'loaded c'
  set meanwhile: 'loaded a'
  delete meanwhile: 'loaded a'
  the first of two callers aborts: 'loaded a', 'loaded a'
  the second of two callers aborts: 'loaded a', 'loaded a'
END
