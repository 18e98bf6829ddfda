#!/usr/bin/env bash
# perfect-debounce 2.1.0: a call that comes while the function runs gets the result of that run, of an earlier call's arguments; its own arguments are
# worked on afterwards, and nobody gets that result. p-debounce 5.1.1 and debounce-promise 3.1.2 give each call the result of its own run.
# Guess: the promise of a call is that of a run that begins after the call, with its arguments or newer ones; the others in the burst share it.
# Why: while a run is under way each call is answered with that run's promise, and only its arguments are noted. The run for the noted arguments has a
#   promise of its own, which is given to nobody. So `await save(text)` returns before `text` is saved, a search shows the hits of the query before, and
#   if that later run fails the error is an unhandled rejection, which by default ends a Node process. In exchange no two runs overlap, as they do in the
#   other two.
# Source: perfect-debounce's README ("Avoid duplicate calls while promise is being resolved"; of results it says nothing); dist/index.mjs, `debounced`.
. "$(dirname "$0")/run.bash"
node perfect-debounce@2.1.0 p-debounce@5.1.1 debounce-promise@3.1.2 <<'NODE'
import debouncePromise from 'debounce-promise'
import pDebounce from 'p-debounce'
import { debounce } from 'perfect-debounce'

const elapse = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

for (const [name, of] of Object.entries({ 'perfect-debounce': debounce, 'p-debounce': pDebounce, 'debounce-promise': debouncePromise })) {
  const begun = [], saved = []
  let finish
  const gate = new Promise(resolve => { finish = resolve })
  const save = of(async text => {
    begun.push(text)
    await gate
    saved.push(text)
    return `saved ${text}`
  }, 50)
  const first = save('one')
  while (begun.length === 0) await elapse(5)
  const second = save('two')
  await elapse(300)
  const together = begun.length
  finish()
  await first
  console.log(`${name}: save('two') is answered '${await second}'; runs at once: ${together}`)
  while (saved.length < 2) await elapse(5)
}
NODE
holds <<'END'
perfect-debounce: save('two') is answered 'saved one'; runs at once: 1
p-debounce: save('two') is answered 'saved two'; runs at once: 2
debounce-promise: save('two') is answered 'saved two'; runs at once: 2
END
