//! A wait for what another process does, with a deadline.

use std::thread;
use std::time::{Duration, Instant};

use kit::child::DEADLINE;

/// Waits until the condition holds, for three quarters of the time that the child of a lesson may live:
/// what happens only because of that deadline has not happened.
///
/// # Panics
/// If it does not hold by then.
#[track_caller]
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < DEADLINE * 3 / 4, "{what} did not happen");
        thread::park_timeout(Duration::from_millis(2));
    }
}
