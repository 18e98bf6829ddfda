//! To look and to sleep are one step here, under a lock; but the note of the last wake is wiped off
//! only now, before the sleep. A wake that came while the future was polled, or right after, is
//! wiped off with it.

use super::{Condvar, Mutex, PoisonError, Sleeper, Window, info, info_span, lock};

#[derive(Default)]
struct WipedLate {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl Sleeper for WipedLate {
    fn sleep(&self, window: &Window) {
        window.pause();
        let mut woken = lock(&self.woken);
        *woken = false;
        info!("wipes the note off");
        let _waits = info_span!("waits", what = "a wake");
        drop(
            self.changed.wait_while(woken, |woken| !*woken).unwrap_or_else(PoisonError::into_inner),
        );
    }

    fn wake(&self) {
        *lock(&self.woken) = true;
        self.changed.notify_one();
    }
}

/// Lets `t2` wake the executor between its poll and its sleep.
///
/// # Blocking
/// For ever, if it came to that.
pub fn run(window: &Window) -> u32 {
    super::run::<WipedLate>(window)
}
