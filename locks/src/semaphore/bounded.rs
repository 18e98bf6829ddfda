//! A bounded semaphore never has more permits than at the start, and says so to who gives back one too many: Python's
//! `BoundedSemaphore`.
//!
//! It notices it when all are back, and only then: while others have a permit, one too many is taken for one of theirs.

use super::{Cues, Done, Duration, Inside, Semaphore, all, info_span};

/// Gives back a permit that was never taken; then lets one more in than there are permits, two at the most, each for a moment.
pub fn run(permits: u32, cues: &Cues, pace: Duration) -> Done {
    let inside = Inside::new(Semaphore::bounded(permits), permits, cues);
    let refused = inside.semaphore.release().is_err();
    let most_inside = all(&inside, move |inside| {
        let waits = info_span!("waits", what = "permit");
        inside.semaphore.acquire();
        drop(waits);
        inside.stay(5 * pace, pace);
        inside.semaphore.release().expect("it was taken");
    });
    Done { most_inside, refused }
}
