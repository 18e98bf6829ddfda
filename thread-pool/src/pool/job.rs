//! What a pool queues: a piece of work without a result.

use std::fmt;

use super::inline_closure::InlineClosure;

/// A piece of work that is run once.
///
/// What [`submit`](crate::Pool::submit) queues is a job too: it brings the result to its
/// [`Handle`](crate::Handle), also when it is run outside the pool, and if it is
/// dropped instead, the handle says so.
pub struct Job(pub(crate) InlineClosure);

impl Job {
    /// Makes a job of some work. It is put into a box only if it carries more than one word.
    pub fn new(work: impl FnOnce() + Send + 'static) -> Self {
        Self(InlineClosure::new(work))
    }

    /// Returns whether it points into the stack frame of a thread that waits for its end.
    pub(crate) fn is_stacked(&self) -> bool {
        self.0.is_stacked()
    }

    /// Does the work, on this thread.
    ///
    /// # Panics
    /// If the work does, and there is no handle; or if a callback does.
    pub fn run(self) {
        self.0.call();
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}

/// The error of a job that a pool did not take, with the job.
#[derive(Debug)]
pub struct Rejected {
    /// The job, not run. Running it here, later or in another pool is up to the caller.
    pub job: Job,
    /// Why it was not taken.
    pub reason: Reason,
}

/// Why a pool did not take a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its queue has reached its bound, and was built with
    /// [`WhenFull::Reject`](crate::WhenFull::Reject).
    Full,
    /// It was shut down.
    ShutDown,
}

impl Reason {
    pub(crate) fn hands_back(self, job: Job) -> Rejected {
        Rejected { job, reason: self }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Full => "the queue is full: wait for some handle, then submit again",
            Self::ShutDown => "the pool was shut down: it takes no more work",
        })
    }
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.reason.fmt(f)
    }
}

impl std::error::Error for Reason {}
impl std::error::Error for Rejected {}
