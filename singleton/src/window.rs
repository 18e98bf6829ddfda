//! The time that a constructor takes, in which a second one is built.
//!
//! The tutorial sleeps for half a second in it, and hopes. Here it is widened in the open: whoever
//! is in it stays until all the others are in it too, or, where an approach keeps them out, for a
//! moment. For the model checker it stays as narrow as it is; there, every schedule gets its turn
//! anyway.

use std::sync::{Arc, Barrier, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Widens the time that a constructor takes.
///
/// ```
/// use singleton::Window;
/// use singleton::real::{mutex::Locked, naive::Naive, race::race};
///
/// // In the window in which two threads build two, nobody gets past a lock.
/// assert_eq!(race::<Naive>(2, Window::until_all_build(2)).built, 2);
/// assert_eq!(race::<Locked>(2, Window::for_a_moment(2)).built, 1);
/// ```
#[derive(Clone, Debug)]
pub struct Window(Option<Arc<Wide>>);

#[derive(Debug)]
struct Wide {
    /// Where all threads meet before anyone asks.
    start: Barrier,
    /// How many have begun to build.
    building: Mutex<usize>,
    begun: Condvar,
    wanted: usize,
    /// How long a constructor waits for the others; for ever if not said.
    patience: Option<Duration>,
}

impl Window {
    /// Leaves the time as short as it is.
    pub fn narrow() -> Self {
        Self(None)
    }

    /// Keeps each constructor at work until `threads` of them are: for approaches that let all of
    /// them build.
    pub fn until_all_build(threads: usize) -> Self {
        Self::wide(threads, None)
    }

    /// As [`until_all_build`](Self::until_all_build), but for 20 ms at the most: for approaches
    /// that let one build, which has to go on without the others.
    pub fn for_a_moment(threads: usize) -> Self {
        Self::wide(threads, Some(Duration::from_millis(20)))
    }

    fn wide(wanted: usize, patience: Option<Duration>) -> Self {
        let (start, building, begun) = (Barrier::new(wanted), Mutex::new(0), Condvar::new());
        Self(Some(Arc::new(Wide { start, building, begun, wanted, patience })))
    }

    /// Lets all threads begin at once.
    ///
    /// # Blocking
    /// Until as many have come as the constructor was told; not at all where the window is narrow.
    pub fn start(&self) {
        if let Some(wide) = &self.0 {
            wide.start.wait();
        }
    }

    /// Takes the time that a constructor takes.
    ///
    /// # Blocking
    /// As long as the window's constructor says.
    pub fn pause(&self) {
        let Some(wide) = &self.0 else { return };
        let mut building = wide.building.lock().unwrap_or_else(PoisonError::into_inner);
        *building += 1;
        wide.begun.notify_all();
        let more_to_come = |building: &mut usize| *building < wide.wanted;
        match wide.patience {
            None => drop(wide.begun.wait_while(building, more_to_come)),
            Some(patience) => drop(wide.begun.wait_timeout_while(building, patience, more_to_come)),
        }
    }

    /// Works for 10 ms, so that it can be seen; not at all where the window is narrow.
    pub fn work(&self) {
        if self.0.is_some() {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}
