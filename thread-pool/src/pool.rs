//! The pools: one trait, three implementations, and what they are made of.
//!
//! # Layout
//! ```text
//! Builder ──build──► Pool: ChannelPool   one queue            channel.rs
//!                          StealingPool  a deque a worker     stealing.rs, stealing/
//!                          RayonPool     rayon, adapted       rayon_pool.rs
//!
//! submit(closure)
//!   │ Task: closure, then outcome   task.rs ── Handle   handle.rs, as_completed.rs, scope.rs
//!   └ Job: what is queued           job.rs
//!
//! worker: OnPanic is told of panics  on_panic.rs   Capacity bounds a queue   capacity.rs
//! waiting thread: block_on.rs, parked, or a worker that runs other jobs meanwhile
//! ```
//! A pool queues [`Job`]s and knows no results. A `Task` is shared by the job, which
//! runs it, and the [`Handle`], which takes its outcome. Waiting for a handle, a scope or
//! `as_completed` is polling a future in `block_on`, so a thread and an async task wait alike.

mod as_completed;
mod block_on;
mod builder;
mod cancel_token;
mod capacity;
mod channel;
mod handle;
mod job;
mod on_panic;
mod outcome;
mod rayon_pool;
mod scope;
mod stealing;
mod task;
mod threads;

// What `task` takes from its parent; in the tests, it is compiled on Loom's.
use kit::cell;
use std::sync;

pub use as_completed::{AsCompleted, as_completed};
pub use builder::{BuildError, Builder, WhenFull};
pub use cancel_token::CancelToken;
pub use channel::ChannelPool;
pub use handle::Handle;
pub use job::{Job, Reason, Rejected};
pub use outcome::{Outcome, TaskError};
pub use rayon_pool::RayonPool;
pub use scope::{Scope, ScopedHandle};
pub use stealing::StealingPool;

/// A fixed number of threads that run jobs. What a pool has to do itself comes first; what can be made
/// of that, for any pool, comes after it.
///
/// # A job that waits for another job
/// A worker of [`ChannelPool`] parks while it waits: when all workers wait for queued jobs, none of
/// these waits ends. A worker of [`StealingPool`] or [`RayonPool`] that waits for a [`Handle`], a
/// [`scope`](Self::scope), [`as_completed`] or room in the queue runs other jobs meanwhile (a helping
/// join). There a wait does not end if it is for a job below it on the worker's own stack (lesson
/// `nested`, variant `below`), or if the pool does not know of it (a channel, a lock) and all workers
/// are in such a wait. [`Handle::wait_timeout`] runs nothing meanwhile, but ends.
///
/// What a worker runs meanwhile lies on top of the job that waits: some 2.2 KiB of stack a job on
/// `StealingPool`, 2.7 KiB on `RayonPool` (a debug build, rustc 1.95, x86-64), so that a chain of 500
/// jobs fits the 2 MiB that std gives a thread; a longer one needs
/// [larger stacks](Builder::stack_size).
///
/// Dropping a pool is [`shutdown`](Self::shutdown): no thread of it is left.
pub trait Pool: Send + Sync {
    /// Starts the workers, as [`Builder::build`] does.
    ///
    /// # Errors
    /// As that.
    fn build(builder: Builder) -> Result<Self, BuildError>
    where
        Self: Sized;

    /// Queues a job and returns; a full queue is dealt with by the pool's [policy](WhenFull).
    ///
    /// # Errors
    /// [`Rejected`], with the job, if the queue is full or the pool was shut down.
    fn execute(&self, job: Job) -> Result<(), Rejected>;

    /// Returns the number of queued jobs, cancelled ones included. A moment later it may differ.
    fn queued(&self) -> usize;

    /// Takes no more jobs, runs those that are queued, and waits until its threads have ended.
    /// A submitter that waits for room in the queue is rejected. A second call waits likewise.
    ///
    /// # Blocking
    /// Until the jobs are done; a job of the pool that shuts it down does not wait for itself.
    fn shutdown(&self);

    /// Takes no more jobs, hands back those that have not begun, and waits for those that have.
    /// Dropping a job that was handed back ends its task; one that is forgotten
    /// ([`std::mem::forget`]) never ends.
    ///
    /// # Blocking
    /// As [`shutdown`](Self::shutdown), for what is running. For ever, if that waits for a job that
    /// is to be handed back; only [`StealingPool`] lets a worker that waits run it.
    fn shutdown_now(&self) -> Vec<Job>;

    /// Queues many jobs, one by one; [`StealingPool`] together, if they come from outside and its queue
    /// has no bound.
    ///
    /// # Errors
    /// The jobs that were not taken, each with the reason.
    fn execute_all(&self, jobs: Vec<Job>) -> Result<(), Vec<Rejected>> {
        one_by_one(self, jobs)
    }

    /// Queues a task and returns its handle.
    ///
    /// # Errors
    /// As [`execute`](Self::execute). The job that is handed back has no handle any more.
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

    /// Runs tasks that borrow from the caller, and waits for all of them: structured concurrency, as
    /// [`std::thread::scope`] has it for threads.
    ///
    /// ```
    /// use thread_pool::{Builder, ChannelPool, Pool};
    ///
    /// let pool: ChannelPool = Builder::new().workers(2).build()?;
    /// let mut numbers = vec![3, 1, 2];
    /// pool.scope(|scope| scope.spawn(|| numbers.sort()).map(drop))?;
    /// assert_eq!(numbers, [1, 2, 3]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Panics
    /// If the function does, or a task whose handle was dropped: with the first such panic, when
    /// all tasks are over. One that a pool has handed back is over when it was run or dropped.
    fn scope<'env, R>(
        &'env self,
        body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> R,
    ) -> R
    where
        Self: Sized,
    {
        scope::scope(self, body)
    }

    /// Runs a function on each item, and returns the outcomes in the order of the items.
    ///
    /// # Errors
    /// As [`execute`](Self::execute), for the first item that is not taken.
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

fn one_by_one<P: Pool + ?Sized>(pool: &P, jobs: Vec<Job>) -> Result<(), Vec<Rejected>> {
    all_or(jobs.into_iter().filter_map(|job| pool.execute(job).err()).collect())
}

fn all_or(rejected: Vec<Rejected>) -> Result<(), Vec<Rejected>> {
    if rejected.is_empty() { Ok(()) } else { Err(rejected) }
}
