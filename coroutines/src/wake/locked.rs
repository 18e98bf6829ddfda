//! To look and to sleep are one step, under a lock, and what wipes the note off is the look that
//! finds it. What was woken since is polled once more.

use super::{Condvar, Mutex, PoisonError, Sleeper, Window, info_span, lock};

#[derive(Default)]
struct Locked {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Sleeper for Locked {
    fn sleep(&self, window: &Window) {
        window.pause();
        let _waits = info_span!("waits", what = "a wake");
        let woken = self.changed.wait_while(lock(&self.woken), |woken| !*woken);
        *woken.unwrap_or_else(PoisonError::into_inner) = false;
    }

    fn wake(&self) {
        *lock(&self.woken) = true;
        self.changed.notify_one();
    }
}

/// Lets `t2` wake the executor between its poll and its sleep.
pub fn run(window: &Window) -> u32 {
    super::run::<Locked>(window)
}
