//! Named threads, locks that show who waits for them and who holds them, and the point between two
//! steps at which racing threads meet. A thread's name becomes its lane.

use std::fmt::Arguments;
use std::panic::resume_unwind;
use std::sync::PoisonError;
use std::time::Duration;

use kit::sync_point::SyncPoint as Meeting;
use tracing::{Span, info_span};

use super::sync::{Mutex, MutexGuard};
use super::thread;

/// Starts a thread under a name.
#[track_caller]
pub fn start<R: Send + 'static>(
    name: impl Into<String>,
    body: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    let thread = thread::Builder::new().name(name.into()).spawn(body);
    thread.expect("the system has room for another thread")
}

/// Waits for a thread and passes its panic on, if it had one.
#[track_caller]
pub fn finish<R>(thread: thread::JoinHandle<R>) -> R {
    thread.join().unwrap_or_else(|panic| resume_unwind(panic))
}

/// Acquires a lock without a span, also a poisoned one: nothing here is left half done.
#[track_caller]
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Acquires a lock, with a span while the thread waits; returns the span of holding it, and the
/// guard.
#[track_caller]
pub fn acquire<'a, T>(
    point: &SyncPoint,
    what: &str,
    mutex: &'a Mutex<T>,
) -> (Option<Span>, MutexGuard<'a, T>) {
    let waits = point.span(|| info_span!("waits", what));
    let guard = lock(mutex);
    let holds = point.span(|| info_span!("holds", what));
    drop(waits);
    (holds, guard)
}

/// A point between two steps of a thread, where it can be made to wait for the other threads: then
/// a race is lost on every run.
#[derive(Clone, Debug)]
pub struct SyncPoint {
    /// Where the threads start together.
    start: Meeting,
    /// Where they wait between two steps.
    between: Meeting,
    /// Whether each step has a span.
    shown: bool,
}

/// How long a step lasts that is to be seen in its lane.
const VISIBLE: Duration = Duration::from_millis(10);

impl SyncPoint {
    /// Returns a point without a wait or a span, for millions of steps; `threads` start together.
    pub fn open(threads: usize) -> Self {
        Self { start: Meeting::of(threads), between: Meeting::none(), shown: false }
    }

    /// Returns a point without a wait, with a span for each step: for a model checker.
    pub fn stepped() -> Self {
        Self { start: Meeting::none(), between: Meeting::none(), shown: true }
    }

    /// Returns a point where each thread waits until `threads` have come to it.
    pub fn until_all(threads: usize) -> Self {
        Self { between: Meeting::of(threads).then_stay(VISIBLE), ..Self::stepped() }
    }

    /// Returns a point where a thread waits for a second one, but for 20 ms at most: a lock may
    /// keep that one out.
    pub fn for_a_moment() -> Self {
        Self { between: Meeting::for_a_moment(2).then_stay(VISIBLE), ..Self::stepped() }
    }

    /// Makes a span, unless the point is an open one.
    #[inline]
    pub fn span(&self, span: impl FnOnce() -> Span) -> Option<Span> {
        self.shown.then(span)
    }

    /// Waits, at an open point, until all threads are ready to start.
    pub fn start(&self) {
        self.start.meet();
    }

    /// As [`start`](Self::start), for a thread that does all of its work while another one is at
    /// the point: waits until it is.
    pub fn start_in_between(&self) {
        self.start();
        self.between.wait_for(1);
    }

    /// Ends the work in between: the thread that waits at the point goes on.
    pub fn done_in_between(&self) {
        self.between.arrive();
    }

    /// Shows what the thread `did`, and waits at the point.
    #[inline]
    pub fn between(&self, did: Arguments<'_>) {
        let _runs = self.span(|| info_span!("runs", what = %did));
        self.between.meet();
    }

    /// Shows what the thread `did` after the point.
    #[inline]
    pub fn after(&self, did: Arguments<'_>) {
        let _runs = self.span(|| info_span!("runs", what = %did));
        self.between.linger(VISIBLE);
    }
}
