//! What a worker is given, and what it gives back: data, since nothing else gets from one process
//! to another.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::shared_memory::{Guard, Shared};

/// A task: which one, and its arguments. One type serves a pool; several kinds of tasks are the
/// variants of an enum.
///
/// A closure would not do, for it is code and borrows in the memory of one process; the code is in
/// every process already, for all are the same program, and a task says which part of it is meant.
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
/// What a task starts is in its worker's process group, and is killed when the worker ends, as it
/// does when it retires: for a process that was forked and never calls `exec` has the worker's
/// channels, and would hide its end. A process that is to outlive it wants a group of its own
/// (`process_group(0)`).
///
/// A large argument is quick as a `String`, or as bytes by the crate `serde_bytes`; a `Vec<u8>` as
/// it is goes number by number.
pub trait Task: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// What comes of it.
    type Output: Serialize + DeserializeOwned + Send + 'static;

    /// Does the work, in the worker. A panic is this task's error, and the worker goes on.
    fn run(self, context: &Context) -> Self::Output;

    /// Names the task in errors; by default after its type. Called in the pool's process.
    fn name(&self) -> String {
        std::any::type_name::<Self>().to_owned()
    }
}

/// What a worker has that its tasks may use: what all workers of the pool share. It was handed over
/// when the worker started.
#[derive(Debug)]
pub struct Context {
    pub(crate) shared: Shared,
}

impl Context {
    /// Returns what a worker has that shares it with no other.
    pub(crate) fn of_one_worker() -> std::io::Result<Self> {
        Ok(Self { shared: Shared::new()? })
    }

    /// Takes the one lock that all workers of the pool share, and the pool's process.
    ///
    /// # Blocking
    /// As long as another has it. A worker that dies with it hands it on: see
    /// [`Guard::owner_died`].
    pub fn lock(&self) -> Guard<'_> {
        self.shared.lock()
    }

    /// Returns the one counter that all workers of the pool share, and the pool's process.
    pub fn counter(&self) -> &std::sync::atomic::AtomicU64 {
        self.shared.counter()
    }
}
