//! The number is read and the next one written in one step: no two threads have the same, and they
//! get in by number.

use std::time::Duration;

use super::in_line;
use super::inside::{Done, Inside};
use super::lane::{both, work};
use super::primitives::TicketLock;
use super::sync::Arc;
use crate::Cues;

/// Lets two threads try the lock once, at the same moment; who gets it adds 1 to a plain value,
/// with `pace` of work inside.
pub fn tried(cues: &Cues, pace: Duration) -> Done {
    let shared = Arc::new((TicketLock::new(0), Inside::new(), cues.clone()));
    both(&shared, move |_, (lock, inside, cues)| {
        cues.meet();
        if let Some(mut value) = lock.try_lock() {
            inside.during("lock", || {
                work(pace);
                *value += 1;
            });
        }
    });
    let value = *shared.0.lock();
    shared.1.done(value)
}

/// Lets threads join the line one by one; returns the order in which they got in.
pub fn in_order(waiters: u32, pace: Duration) -> Vec<u32> {
    in_line::in_order(&Arc::new(TicketLock::default()), waiters, pace)
}
