//! First the test, then the set: two threads find the lock free before either has taken it, and
//! both go in.
//!
//! A plain value under such a lock would be a data race, which is undefined behaviour; so the value
//! here is atomic, and adding to it is a step to read it and a step to write it.

use super::lane::{both, work};
use super::sync::Arc;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicBool, AtomicU32};
use super::{Cues, Done, Duration, Inside};

#[derive(Debug)]
struct Shared {
    taken: AtomicBool,
    value: AtomicU32,
    inside: Inside,
    cues: Cues,
}

/// Lets two threads try the lock once, at the same moment; who gets it adds 1 to the value, with
/// `pace` of work inside.
///
/// In the window between the test and the set, each waits until the other has made its test;
/// inside, until the other has read the value.
pub fn tried(cues: &Cues, pace: Duration) -> Done {
    let (taken, value, cues) = (AtomicBool::new(false), AtomicU32::new(0), cues.clone());
    let shared = Arc::new(Shared { taken, value, inside: Inside::new(), cues });
    both(&shared, move |_, shared| {
        if shared.taken.load(Acquire) {
            return;
        }
        tracing::info!("finds it free");
        shared.cues.meet();
        // Too late: what the test found is a moment old.
        shared.taken.store(true, Relaxed);
        shared.inside.during("lock", || {
            let before = shared.value.load(Relaxed);
            shared.cues.meet();
            work(pace);
            shared.value.store(before + 1, Relaxed);
        });
        shared.taken.store(false, Release);
    });
    shared.inside.done(shared.value.load(Relaxed))
}
