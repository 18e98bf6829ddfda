//! A permit is a value: who has none has nothing to give back, and who has one gives it back once,
//! by dropping it.
//!
//! What the bounded semaphore refuses at run time does not compile here: there is no way to say it.

use super::primitives::semaphore::Permit;
use super::{Cues, Done, Duration, Semaphore, Shared, all, info_span};

/// Lets one more in than there are permits, two at the most, each for a moment.
pub fn run(permits: u32, cues: &Cues, pace: Duration) -> Done {
    let shared = Shared::new(Semaphore::bounded(permits), permits, cues);
    // The clean-up that goes wrong: nothing was taken, and nothing is dropped.
    let never_taken: Option<Permit<'_>> = None;
    drop(never_taken);
    let most_inside = all(&shared, move |shared| {
        let waits = info_span!("waits", what = "permit");
        let _permit = shared.semaphore.enter();
        drop(waits);
        shared.stay(pace.saturating_mul(5), pace);
    });
    Done { most_inside, refused: false }
}
