//! The builder, the same for every pool.

use std::any::Any;
use std::num::NonZero;
use std::sync::Arc;
use std::{fmt, io, thread};

use super::runner::{OnPanic, Runner, discard};
use super::threads::Threads;

/// A builder of pools. The defaults do for most.
///
/// ```
/// use thread_pool::{Builder, ChannelPool, Pool};
///
/// let pool: ChannelPool = Builder::new().workers(2).name("parser").build()?;
/// let name = pool.submit(|| std::thread::current().name().map(str::to_owned))?.wait()?;
/// assert!(name.is_some_and(|name| name.starts_with("parser-")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Builder {
    pub(crate) workers: usize,
    pub(crate) name: String,
    pub(crate) stack_size: Option<usize>,
    pub(crate) queue: Option<(usize, WhenFull)>,
    pub(crate) on_panic: Option<OnPanic>,
    pub(crate) on_start: Option<Hook>,
    pub(crate) on_stop: Option<Hook>,
}

type Hook = Arc<dyn Fn(usize) + Send + Sync>;

/// What becomes of a job that finds the queue full: the rejection policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// The submitter waits until there is room. A worker that submits to its own pool runs queued
    /// jobs meanwhile; not so on [`ChannelPool`](crate::ChannelPool), where all workers may wait for
    /// each other in this way.
    Block,
    /// The submitter gets the job back (abort policy).
    Reject,
    /// The submitter runs it, and submits nothing else meanwhile (caller-runs policy). A panic is
    /// reported as it would be from a worker.
    RunInCaller,
}

/// A pool that a [`Builder`] can build.
pub trait Build: Sized {
    /// Starts the workers.
    ///
    /// # Errors
    /// [`BuildError`], if the system refuses a thread, or the request cannot be met; the threads that
    /// were started are ended and joined.
    fn build(builder: Builder) -> Result<Self, BuildError>;
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
            on_panic: None,
            on_start: None,
            on_stop: None,
        }
    }

    /// Sets the number of workers. More than 65 535 are refused by [`build`](Self::build), but for
    /// [`ChannelPool`](crate::ChannelPool), which starts as many as the system lets it.
    ///
    /// # Panics
    /// For 0: no job would ever run.
    pub fn workers(mut self, workers: usize) -> Self {
        assert!(workers > 0, "a pool has at least one worker");
        self.workers = workers;
        self
    }

    /// Sets the prefix of the workers' names: `parser` makes `parser-1`, `parser-2`, … One with a NUL
    /// byte in it is refused by [`build`](Self::build), for no thread can have that name.
    pub fn name(mut self, name: &str) -> Self {
        self.name = format!("{name}-");
        self
    }

    /// Sets the size of the workers' stacks; std's default is 2 MiB. [`Pool`](crate::Pool) says what
    /// jobs that wait for jobs need.
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
    /// dropped, of callbacks and of hooks. They are dropped otherwise, and so is a panic of the handler
    /// itself.
    ///
    /// It is called on the thread that panics, most often a worker. If a task has panicked before its
    /// handle is dropped, that is the thread that drops the handle.
    pub fn on_panic(mut self, told: impl Fn(Box<dyn Any + Send>) + Send + Sync + 'static) -> Self {
        self.on_panic = Some(Arc::new(told));
        self
    }

    /// Sets what each worker calls first, with its number, from 1.
    pub fn on_start(mut self, hook: impl Fn(usize) + Send + Sync + 'static) -> Self {
        self.on_start = Some(Arc::new(hook));
        self
    }

    /// Sets what each worker calls last, likewise.
    pub fn on_stop(mut self, hook: impl Fn(usize) + Send + Sync + 'static) -> Self {
        self.on_stop = Some(Arc::new(hook));
        self
    }

    /// Starts the pool that the type names.
    ///
    /// # Errors
    /// As [`Build::build`].
    pub fn build<P: Build>(self) -> Result<P, BuildError> {
        P::build(self)
    }

    /// Starts all workers. `work` returns what each of them, by its number from 1, does between its
    /// hooks.
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

    /// Starts worker `number`, which calls the hooks around its work.
    pub(crate) fn start(
        &self,
        number: usize,
        work: impl FnOnce() + Send + 'static,
    ) -> Result<thread::JoinHandle<()>, BuildError> {
        let refused = |source| BuildError { started: number - 1, wanted: self.workers, source };
        let name = format!("{}{number}", self.name);
        if name.contains('\0') {
            // std would panic.
            let why = format!("the name {name:?} contains a NUL byte, which no thread's name may");
            return Err(refused(io::Error::new(io::ErrorKind::InvalidInput, why)));
        }
        let mut thread = thread::Builder::new().name(name);
        if let Some(bytes) = self.stack_size {
            thread = thread.stack_size(bytes);
        }
        let (on_start, on_stop, runner) =
            (self.on_start.clone(), self.on_stop.clone(), self.runner());
        let thread = thread.spawn(move || {
            runner.as_handler(|| {
                runner.catch(|| on_start.iter().for_each(|hook| hook(number)));
                runner.catch(work);
                runner.catch(|| on_stop.iter().for_each(|hook| hook(number)));
            });
            // Dropped last, where a panic of a destructor is caught.
            discard(on_start);
            discard(on_stop);
            discard(runner);
        });
        thread.map_err(refused)
    }

    /// Refuses more workers than a pool has room for.
    ///
    /// # Errors
    /// [`BuildError`], if there are to be more than `most`.
    pub(crate) fn at_most(&self, most: usize) -> Result<(), BuildError> {
        if self.workers <= most {
            return Ok(());
        }
        let why = format!("a pool of this kind has at most {most} workers");
        let source = io::Error::new(io::ErrorKind::InvalidInput, why);
        Err(BuildError { started: 0, wanted: self.workers, source })
    }

    /// Returns what runs a job on a worker.
    pub(crate) fn runner(&self) -> Runner {
        Runner::new(self.on_panic.clone())
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Builder");
        debug.field("workers", &self.workers).field("name", &self.name);
        debug
            .field("stack_size", &self.stack_size)
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

/// The error of a pool that could not be built: the system refused a thread, or the request cannot be
/// met.
#[derive(Debug)]
pub struct BuildError {
    /// How many threads had been started until then.
    pub started: usize,
    /// How many were wanted.
    pub wanted: usize,
    /// What the system said; of the kind [`InvalidInput`](io::ErrorKind::InvalidInput) and without
    /// an [error number](io::Error::raw_os_error), if the system was not even asked.
    pub source: io::Error,
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { started, wanted, source } = self;
        if source.kind() == io::ErrorKind::InvalidInput && source.raw_os_error().is_none() {
            return write!(f, "thread {} of {wanted} cannot be started: {source}", started + 1);
        }
        write!(f, "the system refused thread {} of {wanted}: {source}", started + 1)
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}
