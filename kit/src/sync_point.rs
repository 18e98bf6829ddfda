//! A point in a lesson at which threads wait for each other, so that a window of some nanoseconds is
//! hit on every run.
//!
//! A race or a deadlock needs one thread to come between two steps of another. Left alone, that
//! happens once in thousands of runs. A lesson calls [`SyncPoint::meet`] between the two steps: the
//! window is widened in the open, and without a sleep that hopes to be long enough. For the model
//! checker the same line does nothing, since there every schedule gets its turn.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A counter of arrivals that threads wait for; its clones count together.
///
/// ```
/// use std::thread;
///
/// use kit::sync_point::SyncPoint;
///
/// // Each thread is between its two steps when the other one is there too.
/// let both_are_there = SyncPoint::of(2);
/// thread::scope(|scope| {
///     for _ in 0..2 {
///         scope.spawn(|| {
///             // The first step: acquire a lock, read a counter.
///             both_are_there.meet();
///             // The second step.
///         });
///     }
/// });
///
/// // For a model: it keeps nobody.
/// SyncPoint::none().meet();
/// ```
///
/// One thread may also wait for a step of another, which does not wait itself:
///
/// ```
/// # use std::thread;
/// # use kit::sync_point::SyncPoint;
/// let written = SyncPoint::of(1);
/// thread::scope(|scope| {
///     scope.spawn(|| written.arrive());
///     written.wait_for(1);
/// });
/// ```
///
/// # Relationship with std
/// [`std::sync::Barrier`] holds threads back each time, for as long as it takes, and has no empty
/// form. This one lets everybody pass once `threads` have arrived ([`in_rounds`](Self::in_rounds)
/// changes that), and may have a [timeout](Self::at_most). In a program that is no lesson, use the
/// barrier.
#[derive(Clone, Debug, Default)]
pub struct SyncPoint {
    arrivals: Option<Arc<Arrivals>>,
    threads: usize,
    timeout: Option<Duration>,
    stay: Duration,
    in_rounds: bool,
}

#[derive(Debug, Default)]
struct Arrivals {
    /// How many have arrived so far; they may have gone on since.
    count: Mutex<usize>,
    changed: Condvar,
}

/// How long [`SyncPoint::for_a_moment`] waits, and [`SyncPoint::until_all_hold`] stays.
const MOMENT: Duration = Duration::from_millis(20);

impl SyncPoint {
    /// Returns a point at which nobody waits, for a run under the model checker.
    pub fn none() -> Self {
        Self::default()
    }

    /// Returns a point at which `threads` threads wait for each other, once: when all have arrived, it
    /// is open for good.
    pub fn of(threads: usize) -> Self {
        Self { arrivals: Some(Arc::default()), threads, ..Self::default() }
    }

    /// Returns a point as [`of`](Self::of), at which all stay for 20 ms more, so that a picture shows
    /// what they hold: for a variant in which all can come.
    pub fn until_all_hold(threads: usize) -> Self {
        Self::of(threads).then_stay(MOMENT)
    }

    /// Returns a point at which a thread waits for the others for 20 ms at the most: for a variant
    /// that keeps them out of the window, so that the one inside has to go on without them.
    pub fn for_a_moment(threads: usize) -> Self {
        Self::of(threads).at_most(MOMENT)
    }

    /// Sets the timeout of [`meet`](Self::meet) and [`wait_for`](Self::wait_for).
    #[must_use]
    pub fn at_most(self, timeout: Duration) -> Self {
        Self { timeout: Some(timeout), ..self }
    }

    /// Makes each thread that has waited in [`meet`](Self::meet) stay for a while longer, so that a
    /// picture shows it there.
    #[must_use]
    pub fn then_stay(self, time: Duration) -> Self {
        Self { stay: time, ..self }
    }

    /// Makes the threads wait for each other again in each round, as a barrier does.
    #[must_use]
    pub fn in_rounds(self) -> Self {
        Self { in_rounds: true, ..self }
    }

    /// Tells whether threads wait here: whether the run is a real one, and not a model's.
    pub fn is_real(&self) -> bool {
        self.arrivals.is_some()
    }

    /// Arrives, and waits for the others.
    ///
    /// # Blocking
    /// Until `threads` threads have arrived, or the timeout is over; then for as long as
    /// [`then_stay`](Self::then_stay) says. Not at all at a point that is open.
    pub fn meet(&self) {
        let Some(arrivals) = &self.arrivals else { return };
        let mut count = arrivals.count();
        if *count >= self.threads && !self.in_rounds {
            return;
        }
        *count += 1;
        arrivals.changed.notify_all();
        let wanted =
            if self.in_rounds { count.next_multiple_of(self.threads.max(1)) } else { self.threads };
        self.wait(arrivals, count, wanted);
        std::thread::sleep(self.stay);
    }

    /// Arrives, and goes on at once.
    pub fn arrive(&self) {
        if let Some(arrivals) = &self.arrivals {
            *arrivals.count() += 1;
            arrivals.changed.notify_all();
        }
    }

    /// Waits for the arrivals of other threads, without one of its own.
    ///
    /// # Blocking
    /// Until there have been `arrivals` since the beginning, or the timeout is over.
    pub fn wait_for(&self, arrivals: usize) {
        if let Some(shared) = &self.arrivals {
            self.wait(shared, shared.count(), arrivals);
        }
    }

    /// Sleeps, so that a picture shows what the thread is doing; in a model, not at all.
    pub fn linger(&self, time: Duration) {
        if self.is_real() {
            std::thread::sleep(time);
        }
    }

    /// Lingers for 10 ms, as work in a critical section does.
    pub fn work(&self) {
        self.linger(Duration::from_millis(10));
    }

    fn wait(&self, arrivals: &Arrivals, count: MutexGuard<'_, usize>, wanted: usize) {
        let more_to_come = |count: &mut usize| *count < wanted;
        match self.timeout {
            None => drop(arrivals.changed.wait_while(count, more_to_come)),
            Some(timeout) => {
                drop(arrivals.changed.wait_timeout_while(count, timeout, more_to_come));
            }
        }
    }
}

impl Arrivals {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
