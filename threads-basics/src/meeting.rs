//! How a moment that lasts some nanoseconds is widened, in the open: everyone waits in it until all
//! have come.

use std::sync::{Arc, Barrier};

/// Keeps threads in a moment until all of them are in it, again and again; or, for a model, keeps
/// nobody: there every schedule gets its turn anyway.
///
/// ```
/// use std::time::Duration;
///
/// use threads_basics::{Meeting, real::join};
///
/// // Both threads are half way when the starter reads the counter, on every run.
/// assert_eq!(join::read_at_once(10, &Meeting::of(3), Duration::ZERO).read, 10);
/// ```
#[derive(Clone, Debug)]
pub struct Meeting(Option<Arc<Barrier>>);

impl Meeting {
    /// Keeps nobody.
    pub fn none() -> Self {
        Self(None)
    }

    /// Lets each of so many go on when all have come.
    pub fn of(threads: usize) -> Self {
        Self(Some(Arc::new(Barrier::new(threads))))
    }

    /// Waits for the others.
    ///
    /// # Blocking
    /// Until as many have come as the constructor says.
    pub fn meet(&self) {
        if let Some(barrier) = &self.0 {
            barrier.wait();
        }
    }
}
