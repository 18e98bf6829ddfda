#!/usr/bin/env bash
# Of two jobs one ends with 3: xjobs 20120412, pexec 1.0~rc8 and `sem --wait` of GNU parallel 20221122 end with 0, xargs of GNU findutils 4.9.0 with 123,
# parallel of moreutils 0.67 with 3; and that one ends with 7 if its jobs end with 1, 2 and 4.
# Guess: whoever runs jobs ends with something else than 0 if one of them failed, as `make` does; with the code of a job, if it looks like one.
# Why: xjobs and pexec write a job's status where people read it (on the standard error, in a log, if asked for one), and keep their own for their own
#   errors. What `sem` has begun in the background nobody asks for its status. So `set -e` and `&&` go on after a failure. moreutils' parallel joins the
#   codes by a bitwise "or": 3 is also 1 and 2. GNU parallel itself ends with the number of failed jobs.
# Source: parallel(1) of moreutils, "EXIT STATUS"; xargs(1); the pages of xjobs, pexec and sem name no status for a job that failed.
. "$(dirname "$0")/run.bash"
debian xjobs=20120412-1+b1 pexec=1.0~rc8-4+b1 findutils=4.9.0-4 moreutils=0.67-1
cp "$work/root/usr/bin/parallel" "$work/parallel-of-moreutils"
debian parallel=20221122+ds-2 # its `parallel` has the same name
export HOME=$work # where sem keeps its semaphores

# ends NAME COMMAND…: how the command ends, and how many of its jobs have run.
ends() {
    local name=$1 code=0
    shift
    : >"$work/ran"
    "$@" >"$work/said" 2>&1 || code=$?
    echo "$name: $code, $(wc -l <"$work/ran") jobs ran"
}
cat >"$work/job" <<SHELL
echo >>"$work/ran"
exit \$1
SHELL
queue() {
    for code in 3 0; do sem -j2 --id queue sh "$work/job" $code; done
    sem --wait --id queue
}
list() { printf "$1" | "${@:2}"; }
{
    ends xjobs list "sh $work/job 3\nsh $work/job 0\n" xjobs -j2
    ends pexec pexec -n 2 -e code -p '3 0' -c -- "sh $work/job \$code"
    ends sem queue
    ends xargs list '3\n0\n' xargs -P2 -n1 sh "$work/job"
    ends parallel "$work/parallel-of-moreutils" -j2 sh "$work/job" -- 3 0
    ends 'parallel, 1 2 4' "$work/parallel-of-moreutils" -j2 sh "$work/job" -- 1 2 4
} | tee "$work/output"
holds <<'END'
xjobs: 0, 2 jobs ran
pexec: 0, 2 jobs ran
sem: 0, 2 jobs ran
xargs: 123, 2 jobs ran
parallel: 3, 2 jobs ran
parallel, 1 2 4: 7, 3 jobs ran
END
