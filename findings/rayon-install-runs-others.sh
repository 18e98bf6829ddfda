#!/usr/bin/env bash
# rayon 1.12.0: a worker that waits for another pool (`other.install(…)`) runs jobs of its own pool in the meantime, on the same stack.
# Guess: `install` blocks its caller until the closure has run; nothing else happens on that thread.
# Why: a worker that waits for a latch looks for work. So a lock guard or a thread-local that is borrowed across `install` meets other jobs of
#   the same thread.
# Source: documentation of `ThreadPool::install`, "Warning: execution order".
. "$(dirname "$0")/run.bash"
rust 'rayon = "=1.12.0"' <<'RUST'
use std::sync::{mpsc, Arc, Mutex};

fn main() {
    let one = || rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (outer, inner) = (one(), one());
    let steps = Arc::new(Mutex::new(Vec::new()));
    let (go, gate) = mpsc::channel::<()>();
    let (done, ended) = mpsc::channel::<()>();
    let seen = Arc::clone(&steps);
    outer.spawn(move || {
        let (other, thread) = (Arc::clone(&seen), std::thread::current().id());
        rayon::spawn(move || {
            let same = std::thread::current().id() == thread;
            other.lock().unwrap().push(format!("another job begins, on the waiting thread: {same}"));
            go.send(()).unwrap();
        });
        // The inner closure ends only after the other job of the outer pool's one thread has run.
        inner.install(move || gate.recv().unwrap());
        seen.lock().unwrap().push("install returns".to_owned());
        drop(done);
    });
    assert!(ended.recv().is_err());
    println!("{}", steps.lock().unwrap().join("\n"));
}
RUST
holds <<'END'
another job begins, on the waiting thread: true
install returns
END
