#!/usr/bin/env bash
# loom 0.7.3, shuttle 0.9.9: a `compare_exchange_weak` never fails without a reason, in any execution.
# Guess: that it may fail although the value is the expected one is all that sets it apart, so a model checker tries both; a program that forgot the
#   loop fails under it.
# Why: both carry it out as `compare_exchange`. x86 has no such failure either: the first to see it has a processor whose store is conditional (ARM, RISC-V). No
#   test tells; reading does.
# Source: loom's sync/atomic/int.rs, shuttle-std's sync/atomic/int.rs; std's documentation of `compare_exchange_weak` on spurious failure.
. "$(dirname "$0")/run.bash"
rust 'loom = "=0.7.3"' 'shuttle = "=0.9.9"' <<'RUST'
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

fn main() {
    let (ran, failed) = (Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let note = |ran: &Arc<AtomicU32>, failed: &Arc<AtomicU32>| (ran.clone(), failed.clone());
    let (of, fails) = note(&ran, &failed);
    loom::model(move || {
        let word = Arc::new(loom::sync::atomic::AtomicU32::new(0));
        let other = loom::thread::spawn({
            let word = word.clone();
            move || word.load(SeqCst)
        });
        fails.fetch_add(word.compare_exchange_weak(0, 1, SeqCst, SeqCst).is_err().into(), SeqCst);
        other.join().unwrap();
        of.fetch_add(1, SeqCst);
    });
    println!("loom, several executions: {}; it failed in {}", ran.load(SeqCst) > 1, failed.load(SeqCst));
    let (_, fails) = note(&ran, &failed);
    shuttle::check_random(
        move || {
            let word = shuttle::sync::atomic::AtomicU32::new(0);
            fails.fetch_add(word.compare_exchange_weak(0, 1, SeqCst, SeqCst).is_err().into(), SeqCst);
        },
        10_000,
    );
    println!("shuttle, 10000 executions: it failed in {}", failed.load(SeqCst));
}
RUST
holds <<'END'
loom, several executions: true; it failed in 0
shuttle, 10000 executions: it failed in 0
END
