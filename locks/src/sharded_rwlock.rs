//! A reader takes one shard of a lock; and a writer?
//!
//! A reader of shard 0 and a writer whose own shard is 1. The writer changes two values, which
//! belong together.

use std::time::Duration;

use tracing::info_span;

use super::lane::{crew, member};
use super::primitives;
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering::Relaxed};
use crate::Cues;

pub mod every_shard;
pub mod own_shard;

/// The shards of these two threads.
const READERS: usize = 0;
const WRITERS: usize = 1;

/// Lets a reader in by its shard, and a writer as the form says.
trait Lock: Send + Sync + 'static {
    fn read(&self);
    fn leave(&self);
    fn write(&self);
    fn leave_as_writer(&self);
}

struct Shared<L> {
    lock: L,
    /// Relaxed, and two values: the lock has to keep them together.
    values: [AtomicU32; 2],
}

/// Lets a writer write 1 to both values, and a reader read both; returns what the reader has seen.
///
/// The window is wide with cues: the reader asks when the first value is written. The writer writes
/// the second one when the reader has read, or, if the reader is kept out, after `moment`.
fn write_and_read<L: Lock>(lock: L, cues: &Cues, moment: Duration, pace: Duration) -> [u32; 2] {
    let shared = Arc::new(Shared { lock, values: [AtomicU32::new(0), AtomicU32::new(0)] });
    let (cues1, cues2) = (cues.clone(), cues.clone());
    let reader = move |shared: &Shared<L>| {
        cues1.wait(1);
        let waits = info_span!("waits", what = "read");
        shared.lock.read();
        let _holds = info_span!("holds", what = "read");
        drop(waits);
        let seen = [0, 1].map(|index| shared.values[index].load(Relaxed));
        std::thread::sleep(pace);
        cues1.give();
        shared.lock.leave();
        seen
    };
    let writer = move |shared: &Shared<L>| {
        shared.lock.write();
        let _holds = info_span!("holds", what = "write");
        shared.values[0].store(1, Relaxed);
        cues2.give();
        cues2.wait_for(2, moment);
        shared.values[1].store(1, Relaxed);
        shared.lock.leave_as_writer();
        [1, 1]
    };
    crew(&shared, [member("r", reader), member("w", writer)])[0]
}
