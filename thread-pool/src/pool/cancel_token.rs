//! A wish that a task should end, which the task has to ask for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Tells a task that nobody wants it any more: because somebody said so, or because its time is
/// over.
///
/// All clones are one token. In C++ it is `std::stop_token`, in Go a `context`; between async
/// tasks, `tokio_util` has a `CancellationToken` that also wakes who sleeps, which this one does
/// not.
///
/// ```
/// use thread_pool::CancelToken;
///
/// let token = CancelToken::new();
/// let theirs = token.clone();
/// let task = std::thread::spawn(move || {
///     let mut steps: u64 = 0;
///     while !theirs.is_cancelled() {
///         steps += 1;
///     }
///     steps
/// });
/// token.cancel();
/// task.join().unwrap();
/// ```
///
/// # Memory ordering
/// Relaxed: the flag carries nothing but itself. What the one who cancels wrote before that is not
/// to be read on its strength.
#[derive(Clone, Debug, Default)]
pub struct CancelToken {
    cancelled: Arc<AtomicBool>,
    until: Option<Instant>,
}

impl CancelToken {
    /// Makes a token that is not cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a token that is cancelled after so long by itself, or before by somebody.
    pub fn for_time(limit: Duration) -> Self {
        Self { until: Instant::now().checked_add(limit), ..Self::default() }
    }

    /// Cancels it, for good.
    pub fn cancel(&self) {
        self.cancelled.store(true, Relaxed);
    }

    /// Says whether it is cancelled, or its time is over.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Relaxed) || self.until.is_some_and(|until| Instant::now() >= until)
    }
}
