#!/usr/bin/env bash
# xargs of GNU findutils 4.9.0: after a job has exited with 255, `xargs -P2` ends beside a job that still runs, if all of the input has been read;
# with input left it waits for that job. After any other failure it waits.
# Guess: it begins no further job after a 255, and waits for those that run, in each case; so when xargs has returned, nothing of it runs.
# Why: a 255 makes xargs exit at once, and as it exits it waits for its jobs; but it does so once only, and with the input at its end it is in that
#   wait already as the 255 arrives. So with as many jobs as arguments the script goes on (removes the folder, prints the report) while a job writes.
#   ssh that fails and `exit(-1)` end with 255. GNU parallel's `--halt soon,fail=1` waits, `--halt now,fail=1` kills.
# Source: xargs(1), on 255: it stops "immediately"; findutils' manual, "Controlling Parallelism", which says of 4.9.0 that it waits for all jobs, and
#   of versions before that they may not; xargs.c, `wait_for_proc_all`.
. "$(dirname "$0")/run.bash"
debian findutils=4.9.0-4

# after STATUS SECONDS ARGUMENT…: what xargs leaves, with two jobs at once. The first exits with that status when the second runs, which ends when there
# is a file, the gate: it is laid there that many seconds later.
after() {
    local status=$1 seconds=$2
    shift 2
    rm -f "$work"/{gate,second,ended}
    (sleep "$seconds" && : >"$work/gate") >/dev/null &
    opener=$!
    cat >"$work/job" <<SHELL
cd $work
case \$1 in
first) until [ -e second ]; do sleep 0.05; done; exit $status ;;
second) : >second; until [ -e gate ]; do sleep 0.05; done; : >ended ;;
esac
SHELL
    printf '%s\n' "$@" | xargs -P2 -n1 sh "$work/job" 2>"$work/errors" || code=$?
    echo "$status with $# arguments: $code, the second job has ended: $([ -e "$work/ended" ] && echo yes || echo no)"
    kill $opener 2>"$work/errors" || true
    : >"$work/gate"
    until [ -e "$work/ended" ]; do sleep 0.05; done
}
{
    after 1 2 first second
    after 255 20 first second
    after 255 2 first second third
} | tee "$work/output"
holds <<'END'
1 with 2 arguments: 123, the second job has ended: yes
255 with 2 arguments: 124, the second job has ended: no
255 with 3 arguments: 124, the second job has ended: yes
END
