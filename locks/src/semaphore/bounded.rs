//! A bounded semaphore never has more permits than at the start, and says so to who gives back one
//! too many: Python's `BoundedSemaphore`.
//!
//! It notices it when all are back, and only then: while others have a permit, one too many is
//! taken for one of theirs.

use super::{Cues, Done, Duration, Semaphore, Shared, all, info_span};

/// Gives back a permit that was never taken; then lets one more in than there are permits, two at
/// the most, each for a moment.
pub fn run(permits: u32, cues: &Cues, pace: Duration) -> Done {
    let shared = Shared::new(Semaphore::bounded(permits), permits, cues);
    let refused = shared.semaphore.release().is_err();
    let most_inside = all(&shared, move |shared| {
        let waits = info_span!("waits", what = "permit");
        shared.semaphore.acquire();
        drop(waits);
        shared.stay(pace.saturating_mul(5), pace);
        shared.semaphore.release().expect("it was taken");
    });
    Done { most_inside, refused }
}
