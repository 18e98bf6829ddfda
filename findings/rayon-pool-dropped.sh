#!/usr/bin/env bash
# rayon 1.12.0: dropping a ThreadPool does not wait for the jobs that were spawned on it; they run on, unowned.
# Guess: the drop joins the workers, as the end of a scope does, so that nothing of the pool runs after it.
# Why: the drop tells the workers to end when their work is done, and returns. At the end of `main` the job dies in the middle.
#   `scope` or `install` waits; so does a channel that the job answers on.
# Source: documentation of `ThreadPool` (its drop is a signal), and its `impl Drop`.
. "$(dirname "$0")/run.bash"
rust 'rayon = "=1.12.0"' <<'RUST'
use std::sync::mpsc;

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (go, gate) = mpsc::channel::<()>();
    let (done, ended) = mpsc::channel();
    pool.spawn(move || {
        gate.recv().unwrap();
        done.send("the job").unwrap();
    });
    drop(pool);
    println!("the pool is dropped; the job has ended: {}", ended.try_recv().is_ok());
    go.send(()).unwrap();
    println!("afterwards it ends: {}", ended.recv().unwrap());
}
RUST
holds <<'END'
the pool is dropped; the job has ended: false
afterwards it ends: the job
END
