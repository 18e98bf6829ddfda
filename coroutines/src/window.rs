//! The moment between an executor's look and its sleep, in which a wake may be lost.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Widens that moment for a real run, in the open: one thread stays in it until another one has
/// done what it has to do there. For the model checker it stays as narrow as it is; there, every
/// schedule gets its turn anyway.
///
/// ```
/// use coroutines::{Window, real::wake::parked};
///
/// // A token that is left in the window is found after it: polled twice, unless its park ended for nothing.
/// assert!(parked::run(&Window::wide()) >= 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct Window(Option<Arc<Moment>>);

#[derive(Debug, Default)]
struct Moment {
    now: Mutex<Now>,
    changed: Condvar,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Now {
    #[default]
    Before,
    Inside,
    After,
}

impl Window {
    /// Leaves the moment as narrow as it is.
    pub fn narrow() -> Self {
        Self(None)
    }

    /// Makes it last until the other one is done.
    pub fn wide() -> Self {
        Self(Some(Arc::default()))
    }

    /// Stays in the window; when it is over, not at all.
    ///
    /// # Blocking
    /// Until the other thread is done.
    pub fn pause(&self) {
        if let Some(moment) = &self.0 {
            moment.reach(Now::Inside);
            moment.wait_for(Now::After);
        }
    }

    /// Works for 5 ms, so that it can be seen; not at all where the window is narrow.
    pub fn work(&self) {
        if self.0.is_some() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Does what has to happen in the window of the other thread. The window ends with it, also if
    /// it panics.
    ///
    /// # Blocking
    /// Until the other thread is in it.
    pub fn inside<T>(&self, act: impl FnOnce() -> T) -> T {
        struct Ends<'a>(&'a Moment);
        impl Drop for Ends<'_> {
            fn drop(&mut self) {
                self.0.reach(Now::After);
            }
        }
        let Some(moment) = &self.0 else { return act() };
        moment.wait_for(Now::Inside);
        let _ends = Ends(moment);
        act()
    }
}

impl Moment {
    fn reach(&self, now: Now) {
        let mut reached = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *reached = now.max(*reached);
        self.changed.notify_all();
    }

    fn wait_for(&self, now: Now) {
        let reached = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.changed.wait_while(reached, |reached| *reached < now));
    }
}
