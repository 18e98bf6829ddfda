//! Both read, both ask to write: each waits for the other to stop reading.

use super::lane::two;
use super::sync::Arc;
use super::{Upgradable, Window};

/// Adds 1 on each of two threads; returns the value.
///
/// # Blocking
/// For ever, if both threads are in the window at once.
pub fn run(window: Window) -> u32 {
    let shared = Arc::new((Upgradable::default(), window));
    two(&shared, add, add);
    shared.0.value()
}

fn add((lock, window): &(Upgradable, Window)) {
    let (value, _reads) = lock.read();
    window.pause();
    lock.upgrade();
    lock.set(value + 1);
}
