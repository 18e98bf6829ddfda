//! Who may want to write says so before it reads, and there is one such reader at a time; plain readers come and go.
//!
//! This is `upgradable_read` of `parking_lot`'s `RwLock`.

use super::lane::two;
use super::sync::Arc;
use super::{Upgradable, Window};

/// Adds 1 on each of two threads; returns the value.
pub fn run(window: Window) -> u32 {
    let shared = Arc::new((Upgradable::default(), window));
    two(&shared, add, add);
    shared.0.value()
}

fn add((lock, window): &(Upgradable, Window)) {
    let (value, _reads) = lock.read_announced();
    window.pause();
    lock.upgrade("any reader");
    lock.set(value + 1);
}
