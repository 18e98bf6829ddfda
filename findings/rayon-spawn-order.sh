#!/usr/bin/env bash
# rayon 1.12.0: the same three spawns run 1 2 3 when they come from outside of the pool, and 3 2 1 when a job of the pool makes them.
# Guess: one order in both places, first in, first out.
# Why: from outside a job goes to a shared queue; a worker pushes on its own deque, and takes the newest from it first (thieves take the oldest).
#   `spawn_fifo` keeps the order of one thread's spawns.
# Source: documentation of `rayon::spawn` and `rayon::spawn_fifo`.
. "$(dirname "$0")/run.bash"
rust 'rayon = "=1.12.0"' <<'RUST'
use std::sync::mpsc;

fn main() {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let (send, receive) = mpsc::channel();
    let three = || receive.iter().take(3).collect::<Vec<i32>>();

    let (hold, held) = mpsc::channel::<()>();
    pool.spawn(move || assert!(held.recv().is_err()));
    for job in 1..=3 {
        let send = send.clone();
        pool.spawn(move || send.send(job).unwrap());
    }
    drop(hold);
    println!("from outside       {:?}", three());

    let inside = send.clone();
    pool.spawn(move || {
        for job in 1..=3 {
            let send = inside.clone();
            rayon::spawn(move || send.send(job).unwrap());
        }
    });
    println!("from a job         {:?}", three());

    pool.spawn(move || {
        for job in 1..=3 {
            let send = send.clone();
            rayon::spawn_fifo(move || send.send(job).unwrap());
        }
    });
    println!("spawn_fifo, a job  {:?}", three());
}
RUST
holds <<'END'
from outside       [1, 2, 3]
from a job         [3, 2, 1]
spawn_fifo, a job  [1, 2, 3]
END
