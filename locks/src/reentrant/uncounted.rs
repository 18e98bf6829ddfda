//! Whose it is, and not how often: with the end of the inner section, the lock is free for all, and
//! the outer one goes on.

use super::{Acquire, Arc, AtomicU32, Cues, Done, Duration, Inside, Relaxed, Release, two, work};

struct Shared {
    /// The number of the thread inside; 0 if there is none.
    owner: AtomicU32,
    inside: Inside,
    /// Part of what is watched, not of the lock: no step of the model, so that this can follow all
    /// schedules.
    value: std::sync::atomic::AtomicU32,
    cues: Cues,
}

impl Shared {
    fn take(&self, me: u32) -> bool {
        self.owner.load(Relaxed) == me
            || self.owner.compare_exchange(0, me, Acquire, Relaxed).is_ok()
    }

    fn give_back(&self) {
        self.owner.store(0, Release);
    }
}

/// Lets `t1` take the lock, and take it again and give that back; then `t2` tries, for real while
/// `t1` still is inside. Each adds 1 to a value in two steps, with `pace` of work inside.
pub fn run(cues: &Cues, pace: Duration) -> Done {
    let (owner, cues) = (AtomicU32::new(0), cues.clone());
    let shared = Arc::new(Shared { owner, inside: Inside::new(), value: 0.into(), cues });
    let add = move |shared: &Shared| {
        let before = shared.value.load(Relaxed);
        shared.cues.meet();
        work(pace);
        shared.value.store(before + 1, Relaxed);
    };
    two(
        &shared,
        move |shared| {
            if !shared.take(1) {
                return;
            }
            shared.inside.during("lock", || {
                if shared.take(1) {
                    tracing::info!("takes it again, and gives that back");
                    shared.give_back();
                }
                shared.cues.meet();
                add(shared);
            });
            shared.give_back();
        },
        move |shared| {
            shared.cues.meet();
            if shared.take(2) {
                shared.inside.during("lock", || add(shared));
                shared.give_back();
            }
        },
    );
    shared.inside.done(shared.value.load(Relaxed))
}
