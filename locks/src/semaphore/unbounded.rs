//! A semaphore counts, and asks nobody where a permit comes from: one too many is one more, and a third gets in.

use super::{Cues, Done, Duration, Inside, Semaphore, all, info_span};

/// Gives back a permit that was never taken; then lets one more in than there are permits, two at the most.
pub fn run(permits: u32, cues: &Cues, pace: Duration) -> Done {
    let inside = Inside::new(Semaphore::new(permits), permits, cues);
    let refused = inside.semaphore.release().is_err();
    let most_inside = all(&inside, move |inside| {
        let waits = info_span!("waits", what = "permit");
        inside.semaphore.acquire();
        drop(waits);
        // All come in: each waits for the others, however long it takes.
        inside.stay(Duration::from_secs(10), pace);
        let _ = inside.semaphore.release();
    });
    Done { most_inside, refused }
}
