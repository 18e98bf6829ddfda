//! The moment between two steps that belong together, in which another thread comes in.
//!
//! On its own it lasts some nanoseconds. To show step by step what comes of it, it is widened, in
//! the open: who is in it stays until the other is in it as well, or is done. To count what happens
//! among millions it stays as narrow as it is. So it does for the model checker, where every
//! schedule gets its turn anyway.

use std::fmt::Arguments;
use std::sync::{Arc, Barrier, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use tracing::{Span, info_span};

/// Widens the moment between two steps, and says what is done around it.
///
/// ```
/// use thread_safety::{Window, real::lost_update::{Plan, atomic, racy}};
///
/// // Both read 0 before either writes: whoever writes last wins, and it is not 0.
/// let plan = || Plan::new([1, -1], 1, Window::until_both_have_read());
/// assert_ne!(racy::run(&plan()), 0);
/// // An addition in one step has no such moment.
/// assert_eq!(atomic::run(&plan()), 0);
/// ```
///
/// A thread may also do all of its own work in the middle of another's:
///
/// ```
/// use thread_safety::{Window, real::torn_read::{Plan, racy}};
///
/// // t2 reads between the two halves of t1's write.
/// let plan = Plan { writes: 1, reads: 1, window: Window::until_the_other_is_done() };
/// assert_eq!(racy::run(&plan).first, Some([1, 0]));
/// ```
///
/// It is wide until so many threads have come to it; after that it is narrow again.
#[derive(Clone, Debug)]
pub struct Window(Width);

#[derive(Clone, Debug)]
enum Width {
    Narrow(Arc<Barrier>),
    Told,
    Wide(Arc<Meeting>),
}

#[derive(Debug)]
struct Meeting {
    /// How many have come so far; they may have gone again.
    arrivals: Mutex<usize>,
    arrived: Condvar,
    wanted: usize,
    /// How long to wait for the others; for ever if not said.
    patience: Option<Duration>,
}

impl Window {
    /// Leaves the moment as it is, and says nothing of single steps. Two threads begin together, so
    /// that neither is done before the other has started.
    pub fn narrow() -> Self {
        Self::narrow_for(2)
    }

    /// As [`narrow`](Self::narrow), for so many threads.
    pub fn narrow_for(threads: usize) -> Self {
        Self(Width::Narrow(Arc::new(Barrier::new(threads))))
    }

    /// Leaves the moment as it is, and says each step.
    pub fn told() -> Self {
        Self(Width::Told)
    }

    /// Keeps each of two threads in the moment until both are in it, and says each step, for 10 ms,
    /// so that it can be seen.
    pub fn until_both_have_read() -> Self {
        Self::until_all_have_read(2)
    }

    /// As [`until_both_have_read`](Self::until_both_have_read), for so many threads.
    pub fn until_all_have_read(threads: usize) -> Self {
        Self::wide(threads, None)
    }

    /// Keeps a thread in the moment until another, which began [in
    /// between](Self::begin_in_between), [is done](Self::is_done); says each step, for 10 ms.
    pub fn until_the_other_is_done() -> Self {
        Self::wide(2, None)
    }

    /// As either of these two, but for 20 ms at the most: for mends that keep the other thread
    /// from coming, so that whoever is inside has to go on without it.
    pub fn for_a_moment() -> Self {
        Self::wide(2, Some(Duration::from_millis(20)))
    }

    fn wide(wanted: usize, patience: Option<Duration>) -> Self {
        let (arrivals, arrived) = (Mutex::new(0), Condvar::new());
        Self(Width::Wide(Arc::new(Meeting { arrivals, arrived, wanted, patience })))
    }

    /// Says what a lock is doing, unless millions of updates are to be counted.
    #[inline]
    pub fn says(&self, span: impl FnOnce() -> Span) -> Option<Span> {
        if let Width::Narrow(_) = self.0 { None } else { Some(span()) }
    }

    /// Waits for the others to begin, where they are to begin together.
    pub fn begin(&self) {
        if let Width::Narrow(together) = &self.0 {
            together.wait();
        }
    }

    /// As [`begin`](Self::begin), for a thread that does all of its own in another's moment: where
    /// that is wide, it waits for the other to be in it.
    ///
    /// # Blocking
    /// Until the other is in it, however long that takes.
    pub fn begin_in_between(&self) {
        self.begin();
        if let Width::Wide(meeting) = &self.0 {
            let nobody_is_in_it = |arrivals: &mut usize| *arrivals == 0;
            drop(meeting.arrived.wait_while(meeting.arrivals(), nobody_is_in_it));
        }
    }

    /// Ends what a thread does in another's moment: that one may go on.
    pub fn is_done(&self) {
        if let Width::Wide(meeting) = &self.0 {
            drop(meeting.come());
        }
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
        if let Width::Wide(meeting) = &self.0 {
            meeting.wait();
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

impl Meeting {
    fn arrivals(&self) -> MutexGuard<'_, usize> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn come(&self) -> MutexGuard<'_, usize> {
        let mut arrivals = self.arrivals();
        *arrivals += 1;
        self.arrived.notify_all();
        arrivals
    }

    /// Comes, and waits until all have come, or the patience is at an end.
    fn wait(&self) {
        let arrivals = self.come();
        let more_to_come = |arrivals: &mut usize| *arrivals < self.wanted;
        match self.patience {
            None => drop(self.arrived.wait_while(arrivals, more_to_come)),
            Some(patience) => {
                drop(self.arrived.wait_timeout_while(arrivals, patience, more_to_come));
            }
        }
    }
}

/// So long each step of a widened moment lasts.
const SEEN: Duration = Duration::from_millis(10);
