//! The moment between a thread's first lock and its second, in which a deadlock is made.
//!
//! On its own it lasts some nanoseconds, and two threads meet in it once in thousands of runs. For a real run it is
//! widened, in the open: each thread stays in it until all the others have their first lock too. For the model
//! checker it stays as narrow as it is; there, every schedule gets its turn anyway.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Widens the moment between two locks.
///
/// ```
/// use deadlock::{Window, real::lock_order::ordered};
///
/// // One order for all holds in the very window in which opposite orders deadlock.
/// assert_eq!(ordered::run(Window::for_a_moment(2)).values, (2, 2));
/// ```
///
/// It is wide until all have been in it; after that it is narrow again.
#[derive(Clone, Debug, Default)]
pub struct Window(Option<Arc<Meeting>>);

#[derive(Debug)]
struct Meeting {
    inside: Mutex<usize>,
    arrived: Condvar,
    wanted: usize,
    patience: Duration,
    work: Duration,
}

impl Window {
    /// Leaves the moment as narrow as it is.
    pub fn narrow() -> Self {
        Self(None)
    }

    /// Keeps each thread in the window until `threads` are in it, and then for 20 ms of work. The lock that follows
    /// is asked for by all of them with all first locks held, on every run.
    pub fn until_all_hold(threads: usize) -> Self {
        Self::wide(threads, Duration::MAX, Duration::from_millis(20))
    }

    /// As [`until_all_hold`](Self::until_all_hold), but for 20 ms at the most: where a mend holds, the others cannot all
    /// come, and whoever is inside goes on without them.
    pub fn for_a_moment(threads: usize) -> Self {
        Self::wide(threads, Duration::from_millis(20), Duration::ZERO)
    }

    fn wide(wanted: usize, patience: Duration, work: Duration) -> Self {
        Self(Some(Arc::new(Meeting {
            inside: Mutex::new(0),
            arrived: Condvar::new(),
            wanted,
            patience,
            work,
        })))
    }

    /// Works with both locks in hand: for 10 ms, so that it can be seen; not at all where the window is narrow.
    pub fn work(&self) {
        if self.0.is_some() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Stays in the window.
    ///
    /// # Blocking
    /// As long as its constructor says.
    pub fn pause(&self) {
        let Some(meeting) = &self.0 else { return };
        let mut inside = meeting.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if *inside >= meeting.wanted {
            return;
        }
        *inside += 1;
        meeting.arrived.notify_all();
        let waits = |inside: &mut usize| *inside < meeting.wanted;
        let ended = meeting.arrived.wait_timeout_while(inside, meeting.patience, waits);
        drop(ended);
        std::thread::sleep(meeting.work);
    }
}
