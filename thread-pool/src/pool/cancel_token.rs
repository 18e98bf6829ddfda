//! Cooperative cancellation: a flag that the task has to check.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// A cancellation token: a flag that is set by a call of [`cancel`](Self::cancel) or when a deadline
/// passes, and that a task checks. All clones are one token.
///
/// In C++ it is `std::stop_token`, in Go a `context`; for async tasks, `tokio_util` has a
/// `CancellationToken` that also wakes a task that waits, which this one does not.
///
/// # Memory ordering
/// Relaxed: the flag publishes nothing but itself. Writes before `cancel` are not made visible by it.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    cancelled: Arc<AtomicBool>,
    until: Option<Instant>,
}

impl CancelToken {
    /// Returns a token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a token that expires after `limit`, or is cancelled before.
    pub fn for_time(limit: Duration) -> Self {
        Self { until: Instant::now().checked_add(limit), ..Self::default() }
    }

    /// Cancels it, for good.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// Returns whether it is cancelled, or its deadline has passed.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed) || self.until.is_some_and(|until| Instant::now() >= until)
    }
}
