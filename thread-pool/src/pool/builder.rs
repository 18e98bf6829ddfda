//! The builder, the same for every pool.

use std::any::Any;
use std::num::NonZero;
use std::{fmt, io, thread};

use super::on_panic::{OnPanic, discard};
use super::threads::Threads;
use crate::Pool;

/// A builder of pools. The defaults do for most.
///
/// ```
/// use thread_pool::{Builder, ChannelPool, Pool};
///
/// let pool: ChannelPool = Builder::new().workers(1).name("parser").build()?;
/// let name = pool.submit(|| std::thread::current().name().map(str::to_owned))?.wait()?;
/// assert_eq!(name.as_deref(), Some("parser-1"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Builder {
    pub(crate) workers: usize,
    pub(crate) name: String,
    pub(crate) stack_size: Option<usize>,
    pub(crate) queue: Option<(usize, WhenFull)>,
    pub(crate) on_panic: OnPanic,
}

/// What becomes of a job that finds the queue full: the rejection policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// The submitter waits until there is room. A worker that submits to its own pool runs queued
    /// jobs meanwhile, but on [`ChannelPool`](crate::ChannelPool).
    Block,
    /// The submitter gets the job back (abort policy).
    Reject,
    /// The submitter runs it, and submits nothing else meanwhile (caller-runs policy). A panic is
    /// reported as it would be from a worker.
    RunInCaller,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// Returns a builder of as many workers as there are cores for this process, an unbounded queue,
    /// and names `w1`, `w2`, …
    pub fn new() -> Self {
        Self {
            workers: thread::available_parallelism().map_or(1, NonZero::get),
            name: "w".into(),
            stack_size: None,
            queue: None,
            on_panic: OnPanic::default(),
        }
    }

    /// Sets the number of workers.
    ///
    /// # Panics
    /// For 0, since no job would ever run; for more than 65 535, as many as rayon allows.
    pub fn workers(mut self, workers: usize) -> Self {
        assert!((1..=65_535).contains(&workers), "a pool has from 1 to 65 535 workers");
        self.workers = workers;
        self
    }

    /// Sets the prefix of the workers' names: `parser` makes `parser-1`, `parser-2`, … As std's own
    /// builder, [`build`](Self::build) panics if there is a NUL byte in it.
    pub fn name(mut self, name: &str) -> Self {
        self.name = format!("{name}-");
        self
    }

    /// Sets the size of the workers' stacks; std's default is 2 MiB.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = Some(bytes);
        self
    }

    /// Bounds the queue: at most `bound` jobs that have not begun, and what becomes of one more. A
    /// bound takes no memory by itself.
    ///
    /// # Panics
    /// For 0: no job would ever be queued.
    pub fn queue(mut self, bound: usize, when_full: WhenFull) -> Self {
        assert!(bound > 0, "a queue has room for at least one job");
        self.queue = Some((bound, when_full));
        self
    }

    /// Sets a panic handler for panics that no handle takes: of jobs without one, or whose handle is
    /// dropped, and of callbacks. They are dropped otherwise, and so is a panic of the handler itself.
    ///
    /// It is called on the thread that panics, most often a worker. If a task has panicked before its
    /// handle is dropped, that is the thread that drops the handle.
    pub fn on_panic(mut self, told: impl Fn(Box<dyn Any + Send>) + Send + Sync + 'static) -> Self {
        self.on_panic = OnPanic::new(told);
        self
    }

    /// Starts the pool that the type names.
    ///
    /// # Errors
    /// [`BuildError`], if the system refuses a thread; those that were started are ended and joined.
    pub fn build<P: Pool>(self) -> Result<P, BuildError> {
        P::build(self)
    }

    /// Starts all workers. `work` returns what each of them, by its number from 1, does.
    ///
    /// If a thread cannot be started, the error comes with those that were: they are to be told to
    /// end, and joined.
    pub(crate) fn start_all<W: FnOnce() + Send + 'static>(
        &self,
        mut work: impl FnMut(usize) -> W,
    ) -> (Threads, Option<BuildError>) {
        let mut threads = Vec::new();
        for number in 1..=self.workers {
            match self.start(number, work(number)) {
                Ok(thread) => threads.push(thread),
                Err(refused) => return (Threads::new(threads), Some(refused)),
            }
        }
        (Threads::new(threads), None)
    }

    pub(crate) fn start(
        &self,
        number: usize,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<thread::JoinHandle<()>, BuildError> {
        let mut thread = thread::Builder::new().name(format!("{}{number}", self.name));
        if let Some(bytes) = self.stack_size {
            thread = thread.stack_size(bytes);
        }
        let on_panic = self.on_panic.clone();
        let thread = thread.spawn(move || {
            on_panic.during(work);
            // Dropped last, where a panic of a destructor is caught.
            discard(on_panic);
        });
        thread.map_err(|source| BuildError { started: number - 1, wanted: self.workers, source })
    }
}

/// The error of a pool that could not be built: the system refused a thread.
#[derive(Debug)]
pub struct BuildError {
    /// How many threads had been started until then.
    pub started: usize,
    /// How many were wanted.
    pub wanted: usize,
    /// What the system said.
    pub source: io::Error,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { started, wanted, source } = self;
        write!(f, "the system refused thread {} of {wanted}: {source}", started + 1)
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
