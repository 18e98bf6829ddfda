//! A semaphore admits as many threads as it has permits, and one more thread wants in; but before
//! they come, a clean-up goes wrong: it releases a permit that it has not acquired.
//!
//! The variants differ in what a semaphore answers to that.

use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::exclusion_probe::ExclusionProbe;
use super::lane::{run_all, task};
use super::primitives::semaphore::{Permit, Semaphore};
use super::sync::Arc;
use super::sync_point;

/// The largest number of threads inside at once, and whether the permit too many was refused.
pub type Admitted = (u32, bool);

#[derive(Debug)]
struct Shared {
    semaphore: Semaphore,
    probe: ExclusionProbe,
    /// The number of threads that want in.
    threads: usize,
    inside: SyncPoint,
}

impl Shared {
    fn new(semaphore: Semaphore, permits: u32) -> Arc<Self> {
        let (probe, inside) = (ExclusionProbe::new(), sync_point());
        Arc::new(Self { semaphore, probe, threads: permits as usize + 1, inside })
    }

    /// Stays inside. The window is widened: each waits until as many are inside as there are permits,
    /// and then for one more, at most for `timeout`.
    fn stay(&self, timeout: Duration, pace: Duration) {
        self.probe.during("permit", || {
            self.inside.arrive();
            self.inside.wait_for(self.threads - 1);
            self.inside.clone().at_most(timeout).wait_for(self.threads);
            std::thread::sleep(pace);
        });
    }
}

/// Lets all threads in, as the variant does it; returns the largest number inside at once.
fn all(shared: &Arc<Shared>, enter: impl Fn(&Shared) + Copy + Send + 'static) -> u32 {
    let names = ["t1", "t2", "t3"].into_iter().zip(0..shared.threads);
    run_all(shared, names.map(|(name, _)| task(name, enter)));
    shared.probe.most_inside()
}

/// Releases a permit that was never acquired; then lets one more thread in than there are permits.
fn one_too_many(semaphore: Semaphore, permits: u32, timeout: Duration, pace: Duration) -> Admitted {
    let shared = Shared::new(semaphore, permits);
    let refused = shared.semaphore.release().is_err();
    let most_inside = all(&shared, move |shared| {
        let waits = info_span!("waits", what = "permit");
        shared.semaphore.acquire();
        drop(waits);
        shared.stay(timeout, pace);
        let _ = shared.semaphore.release();
    });
    (most_inside, refused)
}

/// Counts, and does not ask where a permit comes from: one too many is one more, and one thread
/// more gets in. There are at most two permits.
pub fn unbounded(permits: u32, pace: Duration) -> Admitted {
    // All come in: each waits for the others, however long it takes.
    one_too_many(Semaphore::new(permits), permits, Duration::from_secs(10), pace)
}

/// Never has more permits than at the start, and refuses one too many: Python's `BoundedSemaphore`.
///
/// It notices that when all permits are back, and only then: while other threads have a permit, one
/// too many is taken for one of theirs.
pub fn bounded(permits: u32, pace: Duration) -> Admitted {
    one_too_many(Semaphore::bounded(permits), permits, pace.saturating_mul(5), pace)
}

/// Makes each permit a value, which is released once, by its destructor: a thread without one has
/// nothing to release. What the bounded semaphore refuses at run time cannot be written here.
pub fn permits(permits: u32, pace: Duration) -> Admitted {
    let shared = Shared::new(Semaphore::bounded(permits), permits);
    // The clean-up that goes wrong: nothing was acquired, and nothing is dropped.
    drop(None::<Permit<'_>>);
    let enter = move |shared: &Shared| {
        let waits = info_span!("waits", what = "permit");
        let _permit = shared.semaphore.enter();
        drop(waits);
        shared.stay(pace.saturating_mul(5), pace);
    };
    (all(&shared, enter), false)
}
