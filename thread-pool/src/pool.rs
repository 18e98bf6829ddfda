//! One face for every pool: the lessons, the contract tests and the bench are written once, for whatever pool.

use crate::{Handle, Job, Outcome, Rejected};

/// Runs jobs on a fixed number of threads.
///
/// What a pool has to do itself comes first; what can be made of that, for any pool, comes after it.
///
/// Dropping a pool is [`shutdown`](Self::shutdown): no thread of it is left.
pub trait Pool: Send + Sync {
    /// Queues a job and returns, or does what the pool was built to do [when its queue is full](crate::WhenFull).
    ///
    /// # Errors
    /// [`Rejected`], with the job, if the queue is full or the pool was shut down.
    fn execute(&self, job: Job) -> Result<(), Rejected>;

    /// Returns how many workers it has.
    fn workers(&self) -> usize;

    /// Takes no more jobs, runs those that are queued, and waits until its threads have ended. A second call does nothing.
    ///
    /// # Blocking
    /// As long as the jobs take. A pool that is shut down by one of its own jobs cannot wait for that job: the job's thread ends by itself.
    fn shutdown(&self);

    /// Takes no more jobs, hands back those that nobody has begun, and waits for those that somebody has.
    ///
    /// # Blocking
    /// As [`shutdown`](Self::shutdown), for what is running.
    fn shutdown_now(&self) -> Vec<Job>;

    /// Queues many jobs at once: for one price, where the pool has a way.
    ///
    /// # Errors
    /// The jobs that were not taken, each with the reason.
    fn execute_all(&self, jobs: Vec<Job>) -> Result<(), Vec<Rejected>> {
        let rejected: Vec<_> = jobs.into_iter().filter_map(|job| self.execute(job).err()).collect();
        if rejected.is_empty() { Ok(()) } else { Err(rejected) }
    }

    /// Queues a task and returns the way to its result.
    ///
    /// # Errors
    /// As [`execute`](Self::execute). The handle is gone: the job that is handed back has nobody to bring its result to.
    fn submit<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Handle<T>, Rejected>
    where
        Self: Sized,
    {
        let (job, handle) = Handle::of(task);
        self.execute(job)?;
        Ok(handle)
    }

    /// Runs a function on each item, and returns what came of each in the order of the items.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), for the first item that is not taken.
    ///
    /// # Blocking
    /// Until all have been run.
    fn map<I, T, F>(&self, items: I, function: F) -> Result<Vec<Outcome<T>>, Rejected>
    where
        Self: Sized,
        I: IntoIterator<Item: Send + 'static>,
        T: Send + 'static,
        F: Fn(I::Item) -> T + Send + Sync + 'static,
    {
        let function = std::sync::Arc::new(function);
        let handles = items.into_iter().map(|item| {
            let function = std::sync::Arc::clone(&function);
            self.submit(move || function(item))
        });
        let handles = handles.collect::<Result<Vec<_>, _>>()?;
        Ok(handles.into_iter().map(Handle::wait).collect())
    }
}
