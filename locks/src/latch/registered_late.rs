//! Each worker counts itself in when it begins. Who waits before the first has begun finds a count
//! of 0: all are done, it seems.

use super::sync::{Condvar, Mutex, PoisonError};
use super::{Cues, Duration, Gate, work};

#[derive(Debug, Default)]
struct WaitGroup {
    at_work: Mutex<u32>,
    done: Condvar,
}

impl Gate for WaitGroup {
    fn begin(&self) {
        *self.at_work.lock().unwrap_or_else(PoisonError::into_inner) += 1;
    }

    fn end(&self) {
        *self.at_work.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        self.done.notify_all();
    }

    fn wait(&self) {
        let at_work = self.at_work.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.done.wait_while(at_work, |at_work| *at_work > 0));
    }
}

/// Lets threads work, up to three, and one wait for them; returns how many were done when it went
/// on.
pub fn run(workers: u32, cues: &Cues, pace: Duration) -> u32 {
    // Nothing keeps the one from going on: the workers can wait for that.
    work(WaitGroup::default(), workers, cues, Duration::from_secs(10), pace)
}
