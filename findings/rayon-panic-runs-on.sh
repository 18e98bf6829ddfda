#!/usr/bin/env bash
# rayon 1.12.0: after a panic in `for_each` half of the items still run, and after a panic in the first closure of `join` the second is begun.
# Guess: what has not begun when the panic comes is not begun any more, as in a loop.
# Why: each half of a split is a closure of `join`, and `join` may not return before both of its closures can be forgotten; the second one,
#   which no thief took, is run by the unwinding thread. A panic skips only the rest of its own half.
# Source: rayon-core's `join_recover_from_panic`; documentation of `join`, "Panics".
. "$(dirname "$0")/run.bash"
rust 'rayon = "=1.12.0"' <<'RUST'
use rayon::prelude::*;
use std::panic::{catch_unwind, set_hook, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

fn main() {
    set_hook(Box::new(|_| {}));
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let ran = AtomicUsize::new(0);
    let count = || ran.fetch_add(1, SeqCst);

    let items = || (0..100).into_par_iter().for_each(|item| if item == 0 { panic!() } else { count(); });
    let panicked = catch_unwind(AssertUnwindSafe(|| pool.install(items))).is_err();
    println!("for_each: panicked {panicked}, {} of 99 other items ran", ran.swap(0, SeqCst));

    let both = || rayon::join(|| panic!(), count);
    let panicked = catch_unwind(AssertUnwindSafe(|| pool.install(both))).is_err();
    println!("join: panicked {panicked}, the second closure ran {} time", ran.load(SeqCst));
}
RUST
holds <<'END'
for_each: panicked true, 50 of 99 other items ran
join: panicked true, the second closure ran 1 time
END
