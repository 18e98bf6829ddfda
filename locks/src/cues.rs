//! Cues, as on a stage: a thread gives one, another waits until so many were given. They widen a
//! window between two threads' steps, in the open.
//!
//! For the model checker nothing has to be widened: there, nobody waits for a cue, and every
//! schedule gets its turn.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Who waits longer waits for a cue that will not come: the run has failed already, and has to end
/// to say so.
const PATIENCE: Duration = Duration::from_secs(10);

/// Counts cues.
///
/// ```
/// use locks::Cues;
///
/// let cues = Cues::given();
/// std::thread::scope(|scope| {
///     scope.spawn(|| cues.give());
///     cues.wait(1); // Until the other has come so far.
/// });
/// Cues::none().wait(1); // Waits for nothing.
/// ```
#[derive(Clone, Debug)]
pub struct Cues(Option<Arc<Count>>);

#[derive(Debug, Default)]
struct Count {
    given: Mutex<u32>,
    changed: Condvar,
}

impl Cues {
    /// Makes cues that are waited for.
    pub fn given() -> Self {
        Self(Some(Arc::default()))
    }

    /// Makes cues that nobody waits for.
    pub fn none() -> Self {
        Self(None)
    }

    /// Gives a cue.
    pub fn give(&self) {
        let Some(count) = &self.0 else { return };
        *count.given.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        count.changed.notify_all();
    }

    /// Waits until so many cues were given since the beginning.
    ///
    /// # Blocking
    /// Until then, and 10 s at the most.
    pub fn wait(&self, cues: u32) {
        self.wait_for(cues, PATIENCE);
    }

    /// As [`wait`](Self::wait), but for a moment at the most: where what is awaited is what must
    /// not happen.
    pub fn wait_for(&self, cues: u32, patience: Duration) {
        let Some(count) = &self.0 else { return };
        let given = count.given.lock().unwrap_or_else(PoisonError::into_inner);
        drop(count.changed.wait_timeout_while(given, patience, |given| *given < cues));
    }

    /// Waits for the other one of two threads: each gives a cue, and goes on when both have. Again
    /// and again, if no other cues are given.
    ///
    /// # Blocking
    /// Until the other has come, and 10 s at the most.
    pub fn meet(&self) {
        let Some(count) = &self.0 else { return };
        let mut given = count.given.lock().unwrap_or_else(PoisonError::into_inner);
        *given += 1;
        count.changed.notify_all();
        let both = given.next_multiple_of(2);
        drop(count.changed.wait_timeout_while(given, PATIENCE, |given| *given < both));
    }

    /// Says whether cues are waited for: whether the run is a real one, with something to see.
    pub fn are_given(&self) -> bool {
        self.0.is_some()
    }
}
