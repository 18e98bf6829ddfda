#!/usr/bin/env bash
# D (LDC 1.30.0 with its Phobos): an exception that leaves a function started by std.concurrency's `spawn` is lost if `main` still runs: nothing is printed, and
# the program ends with 0. If `main` has ended by then, the same exception is printed, and the program ends with 1.
# Guess: an exception that nobody catches is printed with the name of its thread, as in Rust, Java and Python, or ends the program, as in C++.
# Why: a thread keeps its exception for `join`, which raises it, and `spawn` gives out a mailbox's address (`Tid`) and no thread to join. The end of the
#   program joins the threads that still run, and so raises theirs. A `receive` for the answer of the dead one waits on; `spawnLinked` sends a
#   LinkTerminated, at an error and at a normal end alike, without the exception. So a function that is spawned has to catch all, and to send it.
# Source: Phobos's std/concurrency.d (`_spawn`); druntime's core/thread/osthread.d (`join`) and threadbase.d (`thread_joinAll`, "might rethrow").
# It takes a compiler for C, as the linker.
. "$(dirname "$0")/run.bash"
debian ldc=1:1.30.0-1+b1 libphobos2-ldc-shared-dev=1:1.30.0-1+b1 libphobos2-ldc-shared100=1:1.30.0-1+b1 libllvm14=1:14.0.6-12
cat >"$work/finding.d" <<'D'
import core.thread, std.concurrency, std.datetime, std.stdio;

void work(bool waits) {
    if (waits)
        Thread.sleep(500.msecs);
    throw new Exception("the disk is full");
}

void main(string[] arguments) {
    const kind = arguments[1];
    if (kind == "thread") {
        auto thread = new Thread(() => work(false));
        thread.start();
        thread.join();
    } else if (kind == "linked") {
        spawnLinked(&work, false);
        receive((LinkTerminated _) {});
        Thread.sleep(500.msecs);
    } else {
        spawn(&work, kind == "late");
        if (kind == "early")
            writeln("an answer within a second: ", receiveTimeout(1.seconds, (Variant _) {}));
    }
}
D
libraries=$work/root/usr/lib/x86_64-linux-gnu
export LD_LIBRARY_PATH=$libraries
sed "s#/usr/include/d#$work/root&#; s#/usr/lib/ldc#$work/root&#; s#\"/usr/lib\"#\"$work/root/usr/lib\", \"$libraries\"#" \
    "$work/root/etc/ldc2.conf" >"$work/ldc2.conf"
ldc2 -conf="$work/ldc2.conf" -of="$work/finding" "$work/finding.d"
for kind in early late linked thread; do
    status=0
    "$work/finding" "$kind" 2>"$work/errors" || status=$?
    printf '%s: status %s, printed: %s\n' "$kind" "$status" "$(grep -o 'the disk is full' "$work/errors" || echo nothing)"
done | tee "$work/output"
holds <<'END'
an answer within a second: false
early: status 0, printed: nothing
late: status 1, printed: the disk is full
linked: status 0, printed: nothing
thread: status 1, printed: the disk is full
END
