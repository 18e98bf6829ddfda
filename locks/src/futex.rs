//! How a thread goes to sleep until a lock is free, without sleeping through the moment in which it
//! is.
//!
//! Between the look that finds the lock taken and the sleep, the holder may give it back and wake
//! whoever sleeps: nobody, yet. So the kernel's futex is told what was seen, and puts nobody to
//! sleep for whom that is no longer so. The first two forms differ in that alone; the third is the
//! mutex in earnest.

use std::time::{Duration, Instant};

use tracing::info_span;

use super::lane::{self, two, work};
use super::primitives::FutexMutex;
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;
use crate::Cues;

pub mod now;
pub mod seen;
pub mod three_states;

/// A mutex of two states, 0 free and 1 taken. It wakes one whenever it is given back, in case
/// anyone sleeps.
struct TwoStates {
    word: Word,
    entered: AtomicU32,
    cues: Cues,
}

/// Lets two threads take the lock; for real, `t2` asks while `t1` is inside. `sleep` is called by
/// who finds it taken.
fn run(cues: &Cues, pace: Duration, sleep: fn(&Word)) -> u32 {
    let cues = cues.clone();
    let lock = Arc::new(TwoStates { word: Word::new(0), entered: AtomicU32::new(0), cues });
    two(
        &lock,
        move |lock| {
            take(lock, sleep);
            let holds = info_span!("holds", what = "lock");
            lock.entered.fetch_add(1, Relaxed);
            // t2 asks now, and finds it taken.
            lock.cues.meet();
            lock.cues.meet();
            work(pace);
            drop(holds);
            give_back(lock);
            lock.cues.meet();
        },
        move |lock| {
            lock.cues.meet();
            take(lock, sleep);
            let _holds = info_span!("holds", what = "lock");
            lock.entered.fetch_add(1, Relaxed);
            give_back(lock);
        },
    );
    lock.entered.load(Relaxed)
}

fn take(lock: &TwoStates, sleep: fn(&Word)) {
    while lock.word.swap(1, Acquire) == 1 {
        let _waits = info_span!("waits", what = "lock");
        // The window: found taken, and not asleep. It lasts until the holder has given it back.
        lock.cues.meet();
        lock.cues.meet();
        sleep(&lock.word);
    }
}

fn give_back(lock: &TwoStates) {
    lock.word.store(0, Release);
    lock.word.wake_one();
    tracing::info!("has given it back");
}
