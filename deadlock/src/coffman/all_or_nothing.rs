//! No hold and wait: a thread asks for both at once, and waits with empty hands until both are
//! free.

use tracing::info_span;

use super::Window;
use super::lane::{lock, two, wait_while};
use super::sync::{Arc, Condvar, Mutex};

/// What is free, and what is worked on.
struct Pair {
    free: Mutex<[bool; 2]>,
    freed: Condvar,
    value: Mutex<u32>,
    window: Window,
}

/// Adds 1 to a value on each of two threads, each with both A and B; returns the value.
///
/// # Blocking
/// While the other thread has A and B.
pub fn run(window: Window) -> u32 {
    let pair =
        Pair { free: Mutex::new([true; 2]), freed: Condvar::new(), value: Mutex::new(0), window };
    let pair = Arc::new(pair);
    two(&pair, with_both, with_both);
    *lock(&pair.value)
}

fn with_both(pair: &Pair) {
    let waits = info_span!("waits", what = "A and B");
    let one_is_taken = |free: &mut [bool; 2]| *free != [true; 2];
    let mut free = wait_while(&pair.freed, lock(&pair.free), one_is_taken);
    *free = [false; 2];
    drop(free);
    drop(waits);

    let held = info_span!("holds", what = "A and B");
    pair.window.pause();
    *lock(&pair.value) += 1;
    drop(held);

    *lock(&pair.free) = [true; 2];
    pair.freed.notify_all();
}
