//! Who may want to write says so before it reads, and there is one such reader at a time; plain
//! readers come and go.
//!
//! This is `upgradable_read` of `parking_lot`'s `RwLock`.

use super::lane::{finish, start, two};
use super::sync::Arc;
use super::{Upgradable, Window};

/// Adds 1 on each of two threads, while a third one only reads; returns the value.
///
/// # Blocking
/// While the other thread that may write is at it.
pub fn run(window: Window) -> u32 {
    let shared = Arc::new((Upgradable::default(), window));
    let shared3 = Arc::clone(&shared);
    let reader = start("t3", move || {
        let (_, _reads) = shared3.0.read();
        shared3.0.end_read();
    });
    two(&shared, add, add);
    finish(reader);
    shared.0.value()
}

fn add((lock, window): &(Upgradable, Window)) {
    let (value, _reads) = lock.read_announced();
    window.pause();
    lock.upgrade();
    lock.set(value + 1);
}
