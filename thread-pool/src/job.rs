//! What a pool queues: a piece of work without a result, in a box.

use std::fmt;

/// A piece of work that is run once, by whoever has it.
///
/// What [`submit`](crate::Pool::submit) queues is a job too: it brings the result to its [`Handle`](crate::Handle), also when it is run by
/// somebody else than the pool, and if it is dropped instead, the handle says so.
///
/// ```
/// use thread_pool::Job;
///
/// let (sender, receiver) = std::sync::mpsc::channel();
/// let job = Job::new(move || sender.send(7).expect("the receiver is there"));
/// job.run();
/// assert_eq!(receiver.recv(), Ok(7));
/// ```
pub struct Job(Box<dyn FnOnce() + Send>);

impl Job {
    /// Puts work into a box.
    pub fn new(work: impl FnOnce() + Send + 'static) -> Self {
        Self(Box::new(work))
    }

    /// Does the work, on this thread.
    ///
    /// # Panics
    /// If the work does, and nobody waits for its result.
    pub fn run(self) {
        (self.0)();
    }
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Job")
    }
}

/// Says that a pool did not take a job, and hands it back.
#[derive(Debug)]
pub struct Rejected {
    /// The job, not run. Running it here, later or in another pool is up to the caller.
    pub job: Job,
    /// Why it was not taken.
    pub reason: Reason,
}

/// Says why a pool did not take a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Its queue has reached its bound, and was built with [`WhenFull::Refuse`](crate::WhenFull::Refuse).
    Full,
    /// It was shut down.
    ShutDown,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.reason {
            Reason::Full => "the queue is full: wait for some handle, then submit again",
            Reason::ShutDown => "the pool was shut down: it takes no more work",
        })
    }
}

impl std::error::Error for Rejected {}
