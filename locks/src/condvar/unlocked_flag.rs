//! The flag is an atomic, so why take the lock to set it? Because the one who waits has looked at
//! it, and does not wait yet: a notification in between wakes nobody, and there will be no other.

use tracing::info;

use super::sync::atomic::{AtomicBool, Ordering};
use super::{Arc, Condvar, Cues, Mutex, info_span, lock, two, wait};

/// Lets t1 wait for a flag that t2 sets.
///
/// The window is wide with cues: t2 sets the flag and notifies after t1 has looked at it, and
/// before t1 waits.
///
/// # Blocking
/// For ever, if the notification came too early.
pub fn run(cues: &Cues) {
    let shared = Arc::new((AtomicBool::new(false), Mutex::new(()), Condvar::new()));
    let (cues1, cues2) = (cues.clone(), cues.clone());
    type Shared = (AtomicBool, Mutex<()>, Condvar);
    let waiter = move |(ready, mutex, changed): &Shared| {
        // A `while`, and it does not help.
        while !ready.load(Ordering::SeqCst) {
            info!("finds it not ready");
            cues1.give();
            cues1.wait(2);
            let guard = lock(mutex);
            let _waits = info_span!("waits", what = "flag");
            drop(wait(changed, guard));
        }
    };
    let setter = move |(ready, _, changed): &Shared| {
        cues2.wait(1);
        ready.store(true, Ordering::SeqCst);
        changed.notify_one();
        info!("sets it, and notifies");
        cues2.give();
    };
    two(&shared, waiter, setter);
}
