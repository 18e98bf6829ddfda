//! The moment between a thread's first lock and its second, in which a deadlock is made.
//!
//! On its own it lasts some nanoseconds, and two threads meet in it once in thousands of runs. For
//! a real run it is widened, in the open: each thread stays in it until all the others have their
//! first lock too. For the model checker it stays as narrow as it is; there, every schedule gets
//! its turn anyway.

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
/// It is wide until so many threads have come to it; after that it is narrow again.
#[derive(Clone, Debug, Default)]
pub struct Window(Option<Arc<Meeting>>);

#[derive(Debug)]
struct Meeting {
    /// How many have come so far; they may have gone again.
    arrivals: Mutex<usize>,
    arrived: Condvar,
    wanted: usize,
    /// How long to wait for the others; for ever if not said.
    patience: Option<Duration>,
    work: Duration,
}

impl Window {
    /// Leaves the moment as narrow as it is.
    pub fn narrow() -> Self {
        Self(None)
    }

    /// Keeps each thread in the window until `threads` have come to it, and then for 20 ms of work.
    /// The lock that follows is asked for by all of them with all first locks held, on every run.
    /// For forms in which all can come.
    pub fn until_all_hold(threads: usize) -> Self {
        Self::wide(threads, None, Duration::from_millis(20))
    }

    /// As [`until_all_hold`](Self::until_all_hold), but for 20 ms at the most: for mends that keep
    /// the others from coming, so that whoever is inside has to go on without them.
    pub fn for_a_moment(threads: usize) -> Self {
        Self::wide(threads, Some(Duration::from_millis(20)), Duration::ZERO)
    }

    /// Lets nobody go on before `threads` have come: a common start.
    pub fn common_start(threads: usize) -> Self {
        Self::wide(threads, None, Duration::ZERO)
    }

    fn wide(wanted: usize, patience: Option<Duration>, work: Duration) -> Self {
        Self(Some(Arc::new(Meeting {
            arrivals: Mutex::new(0),
            arrived: Condvar::new(),
            wanted,
            patience,
            work,
        })))
    }

    /// Works with both locks in hand: for 10 ms, so that it can be seen; not at all where the
    /// window is narrow.
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
        let mut arrivals = meeting.arrivals.lock().unwrap_or_else(PoisonError::into_inner);
        if *arrivals >= meeting.wanted {
            return;
        }
        *arrivals += 1;
        meeting.arrived.notify_all();
        let more_to_come = |arrivals: &mut usize| *arrivals < meeting.wanted;
        match meeting.patience {
            None => drop(meeting.arrived.wait_while(arrivals, more_to_come)),
            Some(patience) => {
                drop(meeting.arrived.wait_timeout_while(arrivals, patience, more_to_come));
            }
        }
        std::thread::sleep(meeting.work);
    }
}
