//! Tasks and results: data, since nothing else gets from one process to another.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::shared_memory::{Guard, Shared};

/// A task: which one, and its arguments. A pool has one type of tasks; several kinds of tasks are
/// the variants of an enum.
///
/// A closure cannot be sent: it is code and borrows in the memory of one process. The code is in
/// every process already, for all are the same program; a task names a part of it.
///
/// ```
/// use process_pool::{Builder, Context, Task};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// enum Job {
///     Square(u64),
/// }
///
/// impl Task for Job {
///     type Output = u64;
///     fn run(self, _: &Context) -> u64 {
///         match self {
///             Self::Square(number) => number * number,
///         }
///     }
/// }
///
/// fn main() -> Result<(), process_pool::Error> {
///     process_pool::enter::<Job>(); // A worker goes no further.
///     let pool = Builder::new().workers(2).build()?;
///     assert_eq!(pool.submit(Job::Square(7)).wait()?, 49);
///     Ok(())
/// }
/// ```
///
/// A process that a task starts is in its worker's process group, and is killed when the worker
/// ends or retires: for a process that was forked and never calls `exec` has the worker's channels,
/// and would hide its end. One that is to outlive the worker needs a group of its own
/// (`process_group(0)`).
///
/// A large argument is fast as a `String`, or as bytes by the crate `serde_bytes`; a `Vec<u8>` is
/// serialized number by number.
pub trait Task: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The result.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// Runs the task, in the worker. A panic is this task's error, and the worker goes on.
    fn run(self, context: &Context) -> Self::Output;

    /// Returns the task's name in errors; by default its type. Called in the pool's process.
    fn name(&self) -> String {
        std::any::type_name::<Self>().to_owned()
    }
}

/// What a task may use in its worker: the lock and the counter that all workers of the pool share.
///
/// ```
/// # use process_pool::Context;
/// # use std::sync::atomic::Ordering::Relaxed;
/// /// What a task may do that numbers its results across all workers.
/// fn next_number(context: &Context) -> u64 {
///     context.counter().fetch_add(1, Relaxed)
/// }
///
/// /// What a task may do that only one worker may do at a time.
/// fn in_turn(context: &Context, critical_section: impl FnOnce()) {
///     let guard = context.lock();
///     if guard.owner_died() {
///         // Repair what the worker that died may have left half done.
///     }
///     critical_section();
/// }
/// ```
#[derive(Debug)]
pub struct Context {
    pub(crate) shared: Shared,
}

impl Context {
    /// Returns what a worker has that shares it with no other.
    pub(crate) fn of_one_worker() -> std::io::Result<Self> {
        Ok(Self { shared: Shared::new()? })
    }

    /// Acquires the one lock that all workers of the pool share, and the pool's process.
    ///
    /// # Blocking
    /// While another holds it. If its owner dies, the next one gets it: see [`Guard::owner_died`].
    pub fn lock(&self) -> Guard<'_> {
        self.shared.lock()
    }

    /// Returns the one counter that all workers of the pool share, and the pool's process.
    pub fn counter(&self) -> &std::sync::atomic::AtomicU64 {
        self.shared.counter()
    }
}
