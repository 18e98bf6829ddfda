//! A semaphore counts, and asks nobody where a permit comes from: one too many is one more, and a
//! third gets in.

use super::{Cues, Done, Duration, Semaphore, Shared, all, info_span};

/// Gives back a permit that was never taken; then lets one more in than there are permits, two at
/// the most.
pub fn run(permits: u32, cues: &Cues, pace: Duration) -> Done {
    let shared = Shared::new(Semaphore::new(permits), permits, cues);
    let refused = shared.semaphore.release().is_err();
    let most_inside = all(&shared, move |shared| {
        let waits = info_span!("waits", what = "permit");
        shared.semaphore.acquire();
        drop(waits);
        // All come in: each waits for the others, however long it takes.
        shared.stay(Duration::from_secs(10), pace);
        let _ = shared.semaphore.release();
    });
    Done { most_inside, refused }
}
