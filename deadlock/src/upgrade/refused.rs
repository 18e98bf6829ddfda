//! The second one to ask is refused: it stops reading, and begins again.
//!
//! What it has read is worth nothing by then: it has to read again.

use tracing::info;

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
    loop {
        let (value, _reads) = lock.read();
        window.pause();
        if lock.upgrade_or_refuse() {
            return lock.set(value + 1);
        }
        info!("is refused, stops reading");
        lock.end_read();
    }
}
