#!/usr/bin/env bash
# chili 0.2.1, rayon 1.12.0, on one thread: chili's `join(a, b)` runs b before a, so a tree of joins is walked from right to left; if b panics, a never
# runs. rayon's runs a before b.
# Guess: a comes first in both; chili's `join` is rayon's, with the same arguments.
# Why: chili leaves a in its queue for others and begins with b; rayon leaves b and begins with a. A recursion that becomes a tree of joins writes its log
#   and takes its locks in the opposite order; whoever moves from one to the other swaps the two closures.
# Source: chili's lib.rs, `join_seq` and `join_heartbeat`; its documentation of `join` names no order. rayon-core's join/mod.rs, `join_context`.
. "$(dirname "$0")/run.bash"
rust 'chili = "=0.2.1"' 'rayon = "=1.12.0"' <<'RUST'
use std::num::NonZero;
use std::ops::Range;
use std::panic::{catch_unwind, resume_unwind, AssertUnwindSafe};
use std::sync::Mutex;
use std::time::Duration;

type Seen = Mutex<Vec<u32>>;

fn by_rayon(numbers: Range<u32>, seen: &Seen) {
    if numbers.len() == 1 { return seen.lock().unwrap().push(numbers.start) }
    let middle = numbers.start + numbers.len() as u32 / 2;
    rayon::join(|| by_rayon(numbers.start..middle, seen), || by_rayon(middle..numbers.end, seen));
}

fn by_chili(scope: &mut chili::Scope, numbers: Range<u32>, seen: &Seen) {
    if numbers.len() == 1 { return seen.lock().unwrap().push(numbers.start) }
    let middle = numbers.start + numbers.len() as u32 / 2;
    scope.join(|scope| by_chili(scope, numbers.start..middle, seen), |scope| by_chili(scope, middle..numbers.end, seen));
}

fn fails() {
    resume_unwind(Box::new("b failed"));
}

fn main() {
    let rayon = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    // A heartbeat would hand a closure to the worker: there is none while this runs.
    let chili = chili::ThreadPool::with_config(chili::Config { thread_count: NonZero::new(1), heartbeat_interval: Duration::from_secs(60) });

    let seen = Seen::default();
    rayon.install(|| by_rayon(1..9, &seen));
    println!("rayon: {:?}", seen.lock().unwrap());
    let seen = Seen::default();
    by_chili(&mut chili.scope(), 1..9, &seen);
    println!("chili: {:?}", seen.lock().unwrap());

    let seen = Seen::default();
    let a = || seen.lock().unwrap().push(1);
    let outcome = catch_unwind(AssertUnwindSafe(|| rayon.install(|| rayon::join(a, fails))));
    println!("rayon, b fails: {}, a ran {} times", outcome.is_err(), seen.lock().unwrap().len());
    let seen = Seen::default();
    let a = |_: &mut chili::Scope| seen.lock().unwrap().push(1);
    let outcome = catch_unwind(AssertUnwindSafe(|| chili.scope().join(a, |_| fails())));
    println!("chili, b fails: {}, a ran {} times", outcome.is_err(), seen.lock().unwrap().len());
}
RUST
holds <<'END'
rayon: [1, 2, 3, 4, 5, 6, 7, 8]
chili: [8, 7, 6, 5, 4, 3, 2, 1]
rayon, b fails: true, a ran 1 times
chili, b fails: true, a ran 0 times
END
