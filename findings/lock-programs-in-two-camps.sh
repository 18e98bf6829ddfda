#!/usr/bin/env bash
# flock of util-linux 2.38.1, chpst of runit 2.1.2 and setlock of daemontools 0.76 keep one another out of a lock file; so do s6-setlock of s6 2.11.3,
# lckdo of moreutils 0.67 and with-lock-ex of chiark-utils 7.0.0; but each of the first three runs beside each of the other three.
# Guess: what locks a file keeps out whatever else locks that file, on one machine; all six make the same system call.
# Why: the first three call flock, the others fcntl, and Linux keeps the two kinds of lock apart: neither sees the other. /proc/locks has FLOCK or
#   POSIX. Few of the pages name the call, and that of lckdo recommends flock in its place. So a job of cron under flock, and a service under
#   s6-setlock, run at the same time, and so do the old and the new script while one program is replaced by the other.
# Source: flock(2), notes, on fcntl locks; lckdo(1), which calls itself deprecated; /proc/locks.
. "$(dirname "$0")/run.bash"
debian util-linux=2.38.1-5+deb12u3 runit=2.1.2-54 daemontools=1:0.76-8.1 s6=2.11.3.2-1 libs6-2.11=2.11.3.2-1 libskarnet2.13=2.13.1.1-1 \
    moreutils=0.67-1 chiark-utils-bin=7.0.0
export LD_LIBRARY_PATH=$(echo "$work"/root/usr/lib/*-linux-gnu)

# locked PROGRAM COMMAND…: runs the command with the lock file locked by the program, or fails at once.
locked() {
    local program=$1
    shift
    case $program in
    flock | setlock | s6-setlock) "$program" -n "$work/lock" "$@" ;;
    chpst) chpst -L "$work/lock" "$@" ;;
    lckdo) lckdo "$work/lock" "$@" ;;
    with-lock-ex) with-lock-ex -f "$work/lock" "$@" ;;
    esac
}

programs='flock chpst setlock s6-setlock lckdo with-lock-ex'
for holder in $programs; do
    : >"$work/lock"
    locked "$holder" sh -c 'cd "$1"; : >held; while [ -e held ]; do sleep 0.05; done' sh "$work" &
    until [ -e "$work/held" ] || ! kill -0 $! 2>"$work/errors"; do sleep 0.05; done
    beside=
    for other in $programs; do
        if locked "$other" true 2>"$work/errors"; then beside+=" $other"; fi
    done
    echo "beside $holder:$beside"
    rm "$work/held"
    wait
done | tee "$work/output"
holds <<'END'
beside flock: s6-setlock lckdo with-lock-ex
beside chpst: s6-setlock lckdo with-lock-ex
beside setlock: s6-setlock lckdo with-lock-ex
beside s6-setlock: flock chpst setlock
beside lckdo: flock chpst setlock
beside with-lock-ex: flock chpst setlock
END
