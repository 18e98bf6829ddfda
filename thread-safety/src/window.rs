//! The moment between reading a value and writing it back, in which an update is lost.
//!
//! On its own it lasts some nanoseconds. To show one loss step by step it is widened, in the open: each thread stays in it
//! until the other has read as well. To count losses among millions it stays as narrow as it is. So it does for the
//! model checker, where every schedule gets its turn anyway.

use std::fmt::Arguments;
use std::sync::{Arc, Barrier};
use std::thread::sleep;
use std::time::Duration;

use tracing::{Span, info_span};

/// Widens the moment between a load and a store, and says what is done around it.
///
/// ```
/// use thread_safety::{Window, real::lost_update::{Plan, atomic, racy}};
///
/// // Both read 0 before either writes: whoever writes last wins, and it is not 0.
/// let plan = Plan { changes: [1, -1], updates: 1, window: Window::until_both_have_read() };
/// assert_ne!(racy::run(&plan), 0);
/// // An addition in one step has no such moment.
/// assert_eq!(atomic::run(&plan), 0);
/// ```
#[derive(Clone, Debug)]
pub struct Window(Width);

#[derive(Clone, Debug)]
enum Width {
    Narrow(Arc<Barrier>),
    Told,
    Wide(Arc<Barrier>),
}

impl Window {
    /// Leaves the moment as it is, and says nothing of single steps. Two threads begin together, so that neither is done before the
    /// other has started.
    pub fn narrow() -> Self {
        Self(Width::Narrow(Arc::new(Barrier::new(2))))
    }

    /// Leaves the moment as it is, and says each step.
    pub fn told() -> Self {
        Self(Width::Told)
    }

    /// Keeps each of two threads in the moment until both are in it, and says each step, for 10 ms, so that it can be seen.
    pub fn until_both_have_read() -> Self {
        Self(Width::Wide(Arc::new(Barrier::new(2))))
    }

    /// Waits for the other thread to begin, where they are to begin together; says then what is done, for as long as the span
    /// lives.
    pub fn begin(&self, does: Arguments<'_>) -> Option<Span> {
        let Width::Narrow(both) = &self.0 else { return None };
        both.wait();
        Some(info_span!("runs", what = %does))
    }

    /// Stays in the moment, after what `did` says.
    ///
    /// # Blocking
    /// As long as its constructor says.
    #[inline]
    pub fn between(&self, did: Arguments<'_>) {
        if let Width::Narrow(_) = self.0 {
            return;
        }
        let _runs = info_span!("runs", what = %did);
        if let Width::Wide(both) = &self.0 {
            both.wait();
            sleep(SEEN);
        }
    }

    /// Says what was `did` in the end.
    #[inline]
    pub fn after(&self, did: Arguments<'_>) {
        if let Width::Narrow(_) = self.0 {
            return;
        }
        let _runs = info_span!("runs", what = %did);
        if let Width::Wide(_) = self.0 {
            sleep(SEEN);
        }
    }
}

/// So long each step of a widened moment lasts.
const SEEN: Duration = Duration::from_millis(10);
