//! Test and set in one step, an exchange of false for true: of two threads that find the lock free,
//! one takes it.

use super::lane::{both, work};
use super::primitives::SpinLock;
use super::sync::Arc;
use super::{Cues, Done, Duration, Inside, info_span};

/// Lets two threads try the lock once, at the same moment; who gets it adds 1 to a plain value,
/// with `pace` of work inside.
pub fn tried(cues: &Cues, pace: Duration) -> Done {
    let shared = Arc::new((SpinLock::new(0), Inside::new(), cues.clone()));
    both(&shared, move |_, (lock, inside, cues)| {
        cues.meet();
        let taken = lock.try_lock();
        if let Some(mut value) = taken {
            inside.during("lock", || {
                work(pace);
                *value += 1;
            });
        }
    });
    let value = *shared.0.lock();
    shared.1.done(value)
}

/// Lets two threads wait for the lock, `turns` times each; each turn adds 1 to a plain value, with
/// `pace` of work inside and as much outside.
pub fn waited(turns: u32, pace: Duration) -> Done {
    let shared = Arc::new((SpinLock::new(0), Inside::new()));
    both(&shared, move |_, (lock, inside)| {
        for _ in 0..turns {
            let waits = info_span!("waits", what = "lock");
            let mut value = lock.lock();
            drop(waits);
            inside.during("lock", || {
                work(pace);
                *value += 1;
            });
            drop(value);
            work(pace);
        }
    });
    let value = *shared.0.lock();
    shared.1.done(value)
}

/// Adds 1 to a plain value, `times` times on each of two threads, as fast as they can; returns the
/// value.
pub fn count(times: u32) -> u32 {
    let value = Arc::new(SpinLock::new(0));
    both(&value, move |_, value| {
        for _ in 0..times {
            *value.lock() += 1;
        }
    });
    *value.lock()
}
