//! Two threads draw a ticket at the same moment, in two steps and in one; and a queue of threads is
//! served in the order of their tickets.

use std::time::Duration;

use tracing::info;

use super::exclusion_probe::{Entries, ExclusionProbe};
use super::fifo;
use super::lane::{both, work};
use super::primitives::TicketLock;
use super::spin::try_once;
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync_point;

/// Reads the next number, then writes the one after it: two threads draw the same number, and both
/// are served, with `pace` of work each. A thread whose number is not being served gives up.
///
/// In the window between the load and the store, each waits until the other has read the number
/// too; inside, until the other has read the value.
pub fn two_steps(pace: Duration) -> Entries {
    let (next, serving) = (AtomicU32::new(0), AtomicU32::new(0));
    // What is observed is no part of the lock, and so no step of the model.
    let value = std::sync::atomic::AtomicU32::new(0);
    let shared = Arc::new((next, serving, value, ExclusionProbe::new(), sync_point()));
    both(&shared, move |_, (next, serving, value, probe, window)| {
        let mine = next.load(Relaxed);
        info!("draws number {mine}");
        window.meet();
        // Too late: the other thread may have drawn the same number meanwhile.
        next.store(mine.wrapping_add(1), Relaxed);
        if serving.load(Acquire) != mine {
            return;
        }
        probe.during("lock", || {
            let before = value.load(Relaxed);
            window.meet();
            work(pace);
            value.store(before + 1, Relaxed);
        });
        serving.store(mine.wrapping_add(1), Release);
    });
    shared.3.entries(shared.2.load(Relaxed))
}

/// Draws a number in one step, by a read-modify-write: no two threads have the same. Two threads
/// try the lock once, at the same moment, with `pace` of work inside.
pub fn one_step(pace: Duration) -> Entries {
    try_once(TicketLock::new(0), pace)
}

/// Lets `waiters` threads join the queue one by one; returns the order in which they acquired the
/// lock.
pub fn in_order(waiters: u32, pace: Duration) -> Vec<u32> {
    fifo::in_order(&Arc::new(TicketLock::default()), waiters, pace)
}
