#!/usr/bin/env bash
# SWI-Prolog 9.0.4: a time limit that runs out while `with_mutex` waits opens the mutex: the goal runs although another thread holds the mutex for a second, and
# the call succeeds, as if there had been no limit. With `mutex_lock` the limit is raised.
# Guess: the wait ends at the limit, by `time_limit_exceeded`, and the goal is not run.
# Why: the wait for a mutex looks every 250 ms whether there is a signal, as the one that a time limit sends, and fails if there is. `with_mutex` of that
#   release does not look at the outcome: it calls the goal, with the exception pending, which the first predicate of the goal swallows. So two threads are in
#   one critical section, and neither is told; a warning on the standard error is all ("did not clear exception"). The limit that was to
#   protect from a deadlock costs the exclusion, and only under load, when somebody waits that long.
# Source: SWI-Prolog's src/pl-mutex.c (`PL_mutex_lock`, `pl_with_mutex`); its present text goes on only if the lock was taken.
. "$(dirname "$0")/run.bash"
debian swi-prolog-core=9.0.4+dfsg-2 swi-prolog-core-packages=9.0.4+dfsg-2 libtcmalloc-minimal4=2.10-1
cat >"$work/finding.pl" <<'PROLOG'
:- use_module(library(time)).
:- initialization(main, main).
:- dynamic inside/1, met/1.

% A thread holds the mutex for a second; meanwhile Goal is called with a limit of 0.1 s.
show(Name, Goal) :-
    retractall(met(_)),
    thread_self(Me),
    thread_create(with_mutex(section, (assertz(inside(holder)), thread_send_message(Me, ready), sleep(1), retract(inside(holder)))), Holder),
    thread_get_message(ready),
    catch((call_with_time_limit(0.1, Goal), Outcome = succeeds), time_limit_exceeded, Outcome = 'is over its limit'),
    thread_join(Holder),
    findall(Other, met(Other), Met),
    format("~w: ~w; met in the critical section: ~w~n", [Name, Outcome, Met]).

look :- forall(inside(Other), assertz(met(Other))).

main :-
    show(sleep, sleep(1)),
    show(with_mutex, with_mutex(section, look)),
    show(mutex_lock, setup_call_cleanup(mutex_lock(section), look, mutex_unlock(section))).
PROLOG
libraries=$work/root/usr/lib/swi-prolog/lib/x86_64-linux:$work/root/usr/lib/x86_64-linux-gnu
LD_LIBRARY_PATH=$libraries "$(find "$work/root" -path '*/bin/*' -name swipl -type f)" --home="$work/root/usr/lib/swi-prolog" \
    "$work/finding.pl" </dev/null 2>"$work/errors" | tee "$work/output"
holds <<'END'
sleep: is over its limit; met in the critical section: []
with_mutex: succeeds; met in the critical section: [holder]
mutex_lock: is over its limit; met in the critical section: []
END
