//! No hold and wait: a thread asks for both at once, and waits with empty hands until both are free.

use tracing::info_span;

use super::Window;
use super::lane::{read, two};
use super::sync::{Arc, Condvar, Mutex, PoisonError};

/// What is free, and what is worked on.
struct Pair {
    free: Mutex<[bool; 2]>,
    freed: Condvar,
    value: Mutex<u32>,
    window: Window,
}

/// Adds 1 to a value on each of two threads, each with both A and B; returns the value.
pub fn run(window: Window) -> u32 {
    let pair = Pair { free: Mutex::new([true; 2]), freed: Condvar::new(), value: Mutex::new(0), window };
    let pair = Arc::new(pair);
    two(&pair, with_both, with_both);
    read(&pair.value)
}

fn with_both(pair: &Pair) {
    let waits = info_span!("waits", what = "A and B");
    let free = pair.free.lock().unwrap_or_else(PoisonError::into_inner);
    let one_is_taken = |free: &mut [bool; 2]| *free != [true; 2];
    let mut free = pair.freed.wait_while(free, one_is_taken).unwrap_or_else(PoisonError::into_inner);
    *free = [false; 2];
    drop(free);
    drop(waits);

    let held = info_span!("holds", what = "A and B");
    pair.window.pause();
    *pair.value.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    drop(held);

    *pair.free.lock().unwrap_or_else(PoisonError::into_inner) = [true; 2];
    pair.freed.notify_all();
}
