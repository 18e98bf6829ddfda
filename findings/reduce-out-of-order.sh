#!/usr/bin/env bash
# orx-parallel 4.1.1: `reduce` with a function that is associative, as it asks for, and not commutative joins the items in another order than they had;
# rayon 1.12.0 keeps it. `collect` keeps it in both.
# Guess: associative is enough for all: the halves are reduced each for itself and then joined, left to right, as in rayon.
# Why: rayon splits the range, and each part is a piece of it. A thread of orx-parallel takes the next chunk when it is done with one, and reduces on what it
#   has: chunks that lie apart. The results of the threads are joined at the end. So concatenation, matrices, "the last one wins" need a `collect` first.
#   With one thread, or a chunk as large as the input, all is in order: a test with few items tells nothing.
# Source: documentation of `Par::reduce` ("associative"); orx-parallel's infallible/thread_execution/reduce.rs.
. "$(dirname "$0")/run.bash"
rust 'orx-parallel = "=4.1.1"' 'rayon = "=1.12.0"' <<'RUST'
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

fn by_orx(threads: usize) -> String {
    use orx_parallel::*;
    // With two threads each has one item of a pair, for the first of the two waits until the second has begun.
    let begun = AtomicUsize::new(0);
    let mapped = |item: u32| {
        let place = begun.fetch_add(1, Ordering::SeqCst) + 1;
        let start = Instant::now();
        while begun.load(Ordering::SeqCst) < place.next_multiple_of(threads) {
            assert!(start.elapsed() < Duration::from_secs(30), "there is one thread: this takes two cores");
            thread::yield_now();
        }
        item.to_string()
    };
    vec![1, 2, 3, 4].into_par().num_threads(threads).chunk_size(1).map(mapped).reduce(|left, right| left + &right).unwrap()
}

fn by_rayon() -> String {
    use rayon::prelude::*;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    pool.install(|| vec![1, 2, 3, 4].into_par_iter().with_max_len(1).map(|item| item.to_string()).reduce(String::new, |left, right| left + &right))
}

fn main() {
    println!("rayon, two threads: {}", by_rayon());
    println!("orx-parallel, one thread: {}", by_orx(1));
    println!("orx-parallel, two threads, a hundred times: 1234 comes {} times", (0..100).filter(|_| by_orx(2) == "1234").count());
}
RUST
holds <<'END'
rayon, two threads: 1234
orx-parallel, one thread: 1234
orx-parallel, two threads, a hundred times: 1234 comes 0 times
END
