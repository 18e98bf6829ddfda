//! The number is read, then the next one written: two threads draw the same one, and both are
//! served.

use std::time::Duration;

use super::inside::{Done, Inside};
use super::lane::{both, work};
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use crate::Cues;

struct Shared {
    next: AtomicU32,
    serving: AtomicU32,
    inside: Inside,
    /// Part of what is watched, not of the lock: no step of the model, so that this can follow all
    /// schedules.
    value: std::sync::atomic::AtomicU32,
    cues: Cues,
}

/// Lets two threads draw a number at the same moment; whose number is being served adds 1 to the
/// value, with `pace` of work inside. One whose number is not goes home.
///
/// In the window between reading the number and writing the next, each waits until the other has
/// read it too; inside, until the other has read the value.
pub fn tried(cues: &Cues, pace: Duration) -> Done {
    let (next, serving, cues) = (AtomicU32::new(0), AtomicU32::new(0), cues.clone());
    let shared = Arc::new(Shared { next, serving, inside: Inside::new(), value: 0.into(), cues });
    both(&shared, move |_, shared| {
        let mine = shared.next.load(Relaxed);
        tracing::info!("draws number {mine}");
        shared.cues.meet();
        // Too late: the other one may have drawn it meanwhile.
        shared.next.store(mine.wrapping_add(1), Relaxed);
        if shared.serving.load(Acquire) != mine {
            return;
        }
        shared.inside.during("lock", || {
            let before = shared.value.load(Relaxed);
            shared.cues.meet();
            work(pace);
            shared.value.store(before + 1, Relaxed);
        });
        shared.serving.store(mine.wrapping_add(1), Release);
    });
    shared.inside.done(shared.value.load(Relaxed))
}
