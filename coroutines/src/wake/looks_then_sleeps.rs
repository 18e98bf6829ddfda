//! It looks whether it was woken, and goes to sleep if not. A wake between the two wakes nobody,
//! and is the last one.

use super::atomic::{AtomicBool, Ordering::SeqCst};
use super::{Condvar, Mutex, PoisonError, Sleeper, Window, info, info_span, lock};

#[derive(Default)]
struct LooksThenSleeps {
    woken: AtomicBool,
    mutex: Mutex<()>,
    changed: Condvar,
}

impl Sleeper for LooksThenSleeps {
    fn sleep(&self, window: &Window) {
        if !self.woken.swap(false, SeqCst) {
            info!("looks: nobody has woken it");
            // The widest it can be: the other thread wakes now.
            window.pause();
            let _waits = info_span!("waits", what = "a wake");
            let guard = lock(&self.mutex);
            drop(self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn wake(&self) {
        self.woken.store(true, SeqCst);
        self.changed.notify_one();
    }
}

/// Lets `t2` wake the executor in the moment between its look and its sleep.
///
/// # Blocking
/// For ever, if it came to that.
pub fn run(window: &Window) -> u32 {
    super::run::<LooksThenSleeps>(window)
}
