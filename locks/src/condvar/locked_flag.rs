//! The flag is set under the lock: either before the other one looks at it, or once it waits. To
//! wait gives the lock back and goes to sleep in one step; there is no moment in between.

use super::{Arc, Condvar, Cues, Duration, Mutex, info_span, lock, two, wait};

/// Lets t1 wait for a flag that t2 sets.
///
/// The window is wide with cues: t1 stays between its look and its wait for a moment, in which t2
/// asks for the lock.
pub fn run(cues: &Cues, moment: Duration) {
    let shared = Arc::new((Mutex::new(false), Condvar::new()));
    let (cues1, cues2) = (cues.clone(), cues.clone());
    type Shared = (Mutex<bool>, Condvar);
    let waiter = move |(ready, changed): &Shared| {
        let mut is_ready = lock(ready);
        while !*is_ready {
            cues1.give();
            cues1.wait_for(2, moment);
            let _waits = info_span!("waits", what = "flag");
            is_ready = wait(changed, is_ready);
        }
    };
    let setter = move |(ready, changed): &Shared| {
        cues2.wait(1);
        *lock(ready) = true;
        changed.notify_one();
        cues2.give();
    };
    two(&shared, waiter, setter);
}
