//! How a pool is asked for: the same questions, whatever pool.

use std::any::Any;
use std::num::NonZero;
use std::sync::Arc;
use std::{fmt, io, thread};

use super::runner::{OnPanic, Runner, discard};
use super::threads::Threads;

/// Says what a pool is to be like. The defaults do for most.
///
/// ```
/// use thread_pool::{Builder, ChannelPool, Pool};
///
/// let pool: ChannelPool = Builder::new().workers(2).name("parser").build()?;
/// assert_eq!(pool.submit(|| std::thread::current().name().map(str::len))?.wait()?, Some("parser-1".len()));
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

/// Says what becomes of a job that finds the queue at its bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhenFull {
    /// The submitter waits until there is room. A worker that submits to its own pool runs queued
    /// jobs meanwhile; not so on [`ChannelPool`](crate::ChannelPool), where all workers may so wait
    /// for each other.
    Block,
    /// The submitter gets the job back.
    Reject,
    /// The submitter runs it, and so submits nothing else meanwhile. A panic goes where it would go
    /// from a worker.
    RunInCaller,
}

/// Makes a pool out of what was asked for.
pub trait Build: Sized {
    /// Starts the workers.
    ///
    /// # Errors
    /// [`BuildError`], if the system has no room for one of them, or what was asked for cannot be;
    /// those that were started are ended and joined.
    fn build(builder: Builder) -> Result<Self, BuildError>;
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// Asks for as many workers as the system says can run at once, an unbounded queue, and names
    /// `w1`, `w2`, …
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

    /// Asks for a number of workers. More than 65 535 are refused by [`build`](Self::build), but
    /// for [`ChannelPool`](crate::ChannelPool), which starts as many as the system lets it.
    ///
    /// # Panics
    /// For none: nobody would ever run a job.
    pub fn workers(mut self, workers: usize) -> Self {
        assert!(workers > 0, "a pool has at least one worker");
        self.workers = workers;
        self
    }

    /// Asks for names that begin so: `parser` makes `parser-1`, `parser-2`, … A name with a NUL
    /// byte in it is refused by [`build`](Self::build), for no thread can have it.
    pub fn name(mut self, name: &str) -> Self {
        self.name = format!("{name}-");
        self
    }

    /// Asks for stacks of `bytes` bytes; std's default is 2 MiB. [`Pool`](crate::Pool) says what
    /// jobs that wait for jobs need.
    pub fn stack_size(mut self, bytes: usize) -> Self {
        self.stack_size = Some(bytes);
        self
    }

    /// Asks for a queue that holds at most `bound` jobs that nobody has begun, and says what
    /// happens to one more. A bound takes no memory by itself.
    ///
    /// # Panics
    /// For none: nothing would ever be queued.
    pub fn queue(mut self, bound: usize, when_full: WhenFull) -> Self {
        assert!(bound > 0, "a queue has room for at least one job");
        self.queue = Some((bound, when_full));
        self
    }

    /// Asks to be told of panics that no handle is told of: those of jobs without one, or whose
    /// handle is dropped, of callbacks and of hooks. They are dropped otherwise, and so is a panic
    /// of this function itself.
    ///
    /// It is called by the thread on which it happens, most often a worker. If a task has panicked
    /// before its handle is dropped, that is the thread that drops the handle.
    pub fn on_panic(mut self, told: impl Fn(Box<dyn Any + Send>) + Send + Sync + 'static) -> Self {
        self.on_panic = Some(Arc::new(told));
        self
    }

    /// Asks each worker to call this first, with its number, from 1.
    pub fn on_start(mut self, hook: impl Fn(usize) + Send + Sync + 'static) -> Self {
        self.on_start = Some(Arc::new(hook));
        self
    }

    /// Asks each worker to call this last, likewise.
    pub fn on_stop(mut self, hook: impl Fn(usize) + Send + Sync + 'static) -> Self {
        self.on_stop = Some(Arc::new(hook));
        self
    }

    /// Starts the pool: which one, the type says.
    ///
    /// # Errors
    /// [`BuildError`], if the system has no room for its threads.
    pub fn build<P: Build>(self) -> Result<P, BuildError> {
        P::build(self)
    }

    /// Starts all workers. `work` is asked for what each of them, by its number from 1, is to do
    /// between its hooks.
    ///
    /// # Errors
    /// [`BuildError`], with those that were started: they are to be told to end, and joined.
    pub(crate) fn start_all<W: FnOnce() + Send + 'static>(
        &self,
        mut work: impl FnMut(usize) -> W,
    ) -> Result<Threads, (Threads, BuildError)> {
        let mut threads = Vec::new();
        for number in 1..=self.workers {
            match self.start(number, work(number)) {
                Ok(thread) => threads.push(thread),
                Err(source) => {
                    let refused =
                        BuildError { started: threads.len(), wanted: self.workers, source };
                    return Err((Threads::new(threads), refused));
                }
            }
        }
        Ok(Threads::new(threads))
    }

    /// Starts worker `number`, which calls the hooks around its work.
    pub(crate) fn start(
        &self,
        number: usize,
        work: impl FnOnce() + Send + 'static,
    ) -> io::Result<thread::JoinHandle<()>> {
        let name = format!("{}{number}", self.name);
        if name.contains('\0') {
            // std would panic.
            let why = format!("the name {name:?} contains a NUL byte, which no thread's name may");
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let mut thread = thread::Builder::new().name(name);
        if let Some(bytes) = self.stack_size {
            thread = thread.stack_size(bytes);
        }
        let (on_start, on_stop, runner) =
            (self.on_start.clone(), self.on_stop.clone(), self.runner());
        thread.spawn(move || {
            runner.as_handler(|| {
                runner.catch(|| on_start.iter().for_each(|hook| hook(number)));
                runner.catch(work);
                runner.catch(|| on_stop.iter().for_each(|hook| hook(number)));
            });
            // At the end, so that the builder is never the last to have one; and where a panic of
            // its drop is caught.
            discard(on_start);
            discard(on_stop);
            discard(runner);
        })
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

/// A pool could not be built: a thread could not be started, or nothing was started because of what
/// was asked for.
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
