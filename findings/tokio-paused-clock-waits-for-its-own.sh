#!/usr/bin/env bash
# tokio 1.54.1: a paused clock jumps over a timeout while a std thread works, and stands still while `spawn_blocking` does the same work.
# Guess: paused time jumps whenever no task can run; who else works does not matter, so both time out.
# Why: a blocking task inhibits the automatic advance while it runs; a thread of one's own is not known to the runtime. Moving code from one to the
#   other makes a test with paused time pass or fail.
# Source: documentation of `tokio::time::pause`, "Preventing auto-advance".
. "$(dirname "$0")/run.bash"
rust 'tokio = { version = "=1.54.1", features = ["rt", "time", "sync", "test-util"] }' <<'RUST'
use std::thread;
use std::time::Duration;
use tokio::time::timeout;

fn main() {
    let work = || thread::sleep(Duration::from_millis(300));
    let second = Duration::from_secs(1);
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        println!("spawn_blocking: timed out {}", timeout(second, tokio::task::spawn_blocking(work)).await.is_err());
        let (done, ended) = tokio::sync::oneshot::channel::<()>();
        thread::spawn(move || { work(); drop(done) });
        println!("std's thread:   timed out {}", timeout(second, ended).await.is_err());
    });
}
RUST
holds <<'END'
spawn_blocking: timed out false
std's thread:   timed out true
END
