//! A synchronisation point in a race window: the moment between an executor's check and its park.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::time::Duration;

/// A race window that a real run widens, in the open: one thread pauses in it until another one has
/// done what it has to do there. For the model checker it stays narrow: there, every schedule has
/// its turn anyway.
///
/// ```
/// use coroutines::{SyncPoint, real::wake::parked};
///
/// // The token that `unpark` leaves in the window is found by `park`: the future is polled again.
/// assert!(parked(&SyncPoint::wide()) >= 2);
/// ```
#[derive(Clone, Debug, Default)]
pub struct SyncPoint(Option<Arc<Window>>);

#[derive(Debug)]
struct Window {
    begins: Barrier,
    ends: Barrier,
    /// One thread pauses, once; it is for no other to read.
    paused: AtomicBool,
}

impl SyncPoint {
    /// Leaves the window as narrow as it is.
    pub fn narrow() -> Self {
        Self(None)
    }

    /// Makes the window last until the other thread is done.
    pub fn wide() -> Self {
        let [begins, ends] = [(); 2].map(|()| Barrier::new(2));
        Self(Some(Arc::new(Window { begins, ends, paused: AtomicBool::new(false) })))
    }

    /// Stays in the window until the other thread is done; returns at once the next time.
    pub fn pause(&self) {
        if let Some(window) = &self.0
            && !window.paused.swap(true, Relaxed)
        {
            window.begins.wait();
            window.ends.wait();
        }
    }

    /// Works for 5 ms, to be seen in the lanes; not at all where the window is narrow.
    pub fn work(&self) {
        if self.0.is_some() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Waits until the other thread is in the window, and calls `act` there. The window ends with
    /// it, also if it panics.
    pub fn inside<T>(&self, act: impl FnOnce() -> T) -> T {
        struct Ends<'a>(&'a Window);
        impl Drop for Ends<'_> {
            fn drop(&mut self) {
                self.0.ends.wait();
            }
        }
        let Some(window) = &self.0 else { return act() };
        window.begins.wait();
        let _ends = Ends(window);
        act()
    }
}
