//! Stops reading, becomes a writer like anyone else, and reads again: what it had read may have
//! changed in between.
//!
//! This is what std's `RwLock` leaves you with, and it is often the best.

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
    let (_, reads) = lock.read();
    window.pause();
    lock.end_read();
    drop(reads);
    let value = lock.write();
    lock.set(value + 1);
}
