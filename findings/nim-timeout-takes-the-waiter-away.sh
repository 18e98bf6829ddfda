#!/usr/bin/env bash
# Nim 1.6.10 (asyncdispatch): a task that awaits a future is never woken if somebody else has made a `withTimeout`, an `or` or an `and` of that future since;
# the future is finished, and whoever made the combination has its answer. With `all`, and with a second `await`, both go on.
# Guess: a future may have any number of waiters, and one more does nothing to the others; a timeout ends the waiting of who asks for it.
# Why: the three set the future's callback by `callback=`, which clears the list of callbacks first; `await` and `all` add to it. The task that waited is in
#   no list any more, and there is no error. So a watchdog, or a second client that waits with a limit for a shared future (a connection, a value that
#   is being loaded), takes it away from all who waited before. Each of them needs a future of its own, by an async procedure that awaits the shared one.
# Source: Nim's lib/pure/asyncfutures.nim (`or`, `and`, `callback=`, which recommends `addCallback`) and asyncdispatch.nim (`withTimeout`); issue 6849 of
#   Nim, half of which (`all`) was fixed.
# It takes a compiler for C.
. "$(dirname "$0")/run.bash"
debian nim=1.6.10-2
cat >"$work/finding.nim" <<'NIM'
import asyncdispatch

proc waitsFor(shared: Future[void], woken: ref bool) {.async.} =
  await shared
  woken[] = true

proc show(name: string, second: proc (shared: Future[void])) =
  let shared = newFuture[void]("shared")
  let woken = new bool
  let first = waitsFor(shared, woken)
  second(shared)
  shared.complete()
  discard waitFor first.withTimeout(1000)
  echo name, ": the future is finished: ", shared.finished, "; the task that awaits it goes on: ", woken[]

show("a second await", proc (shared: Future[void]) = asyncCheck waitsFor(shared, new bool))
show("all", proc (shared: Future[void]) = asyncCheck all(shared, sleepAsync(1)))
show("withTimeout", proc (shared: Future[void]) = discard shared.withTimeout(100))
show("or", proc (shared: Future[void]) = asyncCheck(shared or sleepAsync(1)))
show("and", proc (shared: Future[void]) = asyncCheck(shared and sleepAsync(1)))
NIM
cp "$work/root/etc/nim/nim.cfg" "$work/finding.nim.cfg"
"$work/root/usr/bin/nim" compile --hints:off --warnings:off --lib:"$work/root/usr/lib/nim/lib" --nimcache:"$work/cache" "$work/finding.nim"
"$work/finding" | tee "$work/output"
holds <<'END'
a second await: the future is finished: true; the task that awaits it goes on: true
all: the future is finished: true; the task that awaits it goes on: true
withTimeout: the future is finished: true; the task that awaits it goes on: false
or: the future is finished: true; the task that awaits it goes on: false
and: the future is finished: true; the task that awaits it goes on: false
END
