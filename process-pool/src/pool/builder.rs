//! The settings of a pool, and its start.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use super::error::Error;
use super::interface::Pool;
use super::options::{Choice, OnDeath};
use super::pool_state::{PoolState, Settings};
use super::slot::Slot;
use super::task::Task;
use super::{interface, protocol, supervisor, watchdog, worker, writer};

/// More workers are a mistake, and no system would start them.
const MOST_WORKERS: usize = 1 << 16;

/// The body of one of a pool's threads.
type Body<T> = Box<dyn FnOnce(&PoolState<T>) + Send>;

/// The settings of a pool that is to be started.
///
/// ```no_run
/// # use process_pool::{Builder, Error, OnDeath, Pool, Task};
/// # use std::time::Duration;
/// # fn example<T: Task>() -> Result<(), Error> {
/// let pool: Pool<T> = Builder::new()
///     .workers(4)
///     .on_death(OnDeath::RunAgain { limit: 3 })
///     .time_limit(Duration::from_secs(10))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Default)]
pub struct Builder {
    workers: Option<usize>,
    program: Option<PathBuf>,
    initializer: Option<Result<Vec<u8>, String>>,
    initializer_limit: Option<Duration>,
    retire_after: Option<u64>,
    choice: Choice,
}

impl Builder {
    /// Returns settings of a worker for each core, and of tasks that are reported when their worker
    /// dies.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the number of workers.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Sets the program that the workers run; by default this one. It has to call
    /// [`enter`](crate::enter) with the same type of tasks.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// Sets a task that each worker runs before its first one. Its result is dropped; it leaves
    /// what other tasks find in a `static` or a `thread_local`. A worker in which it panics, or
    /// takes longer than a minute, ends.
    #[must_use]
    pub fn initializer(mut self, task: &impl Task) -> Self {
        let mut bytes = Vec::new();
        self.initializer = Some(protocol::write(&mut bytes, task).map(|_| bytes));
        self
    }

    /// Sets the timeout of the initializer; then its worker is killed.
    #[must_use]
    pub fn initializer_limit(mut self, limit: Duration) -> Self {
        self.initializer_limit = Some(limit);
        self
    }

    /// Sets the number of tasks after which a worker ends, and another takes its place: what its
    /// tasks have leaked is returned to the system.
    #[must_use]
    pub fn retire_after(mut self, tasks: u64) -> Self {
        self.retire_after = Some(tasks);
        self
    }

    /// Sets how many tasks a worker gets in one message at the most; it gets no more until it has
    /// done them. By default the pool adapts the number to how long tasks take.
    #[must_use]
    pub fn chunk(mut self, tasks: usize) -> Self {
        self.choice.chunk = Some(tasks);
        self
    }

    /// Sets what becomes of a task whose worker dies.
    #[must_use]
    pub fn on_death(mut self, on_death: OnDeath) -> Self {
        self.choice.options.on_death = on_death;
        self
    }

    /// Sets the timeout of each task; then its worker is killed.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.choice.options.time_limit = Some(limit);
        self
    }

    /// Starts the workers, and waits until the first is ready.
    ///
    /// # Errors
    /// A setting is refused, no worker can be started, or the system has no room.
    pub fn build<T: Task>(self) -> Result<Pool<T>, Error> {
        if worker::is_astray() {
            let why = "this process is a pool's worker, and makes a pool before it has called \
                       process_pool::enter";
            return Err(Error::Refused(why.to_owned()));
        }
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        let workers = self.workers.unwrap_or_else(cores);
        let zero = |what: &str| Err(Error::Refused(format!("{what} has to be 1 at the least")));
        if workers == 0 {
            return zero("the number of workers");
        }
        if workers > MOST_WORKERS {
            let why = format!("the number of workers has to be {MOST_WORKERS} at the most");
            return Err(Error::Refused(why));
        }
        if self.retire_after == Some(0) {
            return zero("the number of tasks after which a worker retires");
        }
        if self.choice.chunk == Some(0) {
            return zero("a chunk");
        }
        let unwritten =
            |why| Error::NotSent { name: "the initializer".to_owned(), what: "the task", why };
        let settings = Settings {
            program: self.program.map_or_else(kit::child::program, Ok)?,
            initializer: self.initializer.transpose().map_err(unwritten)?,
            initializer_limit: self.initializer_limit.unwrap_or(Duration::from_secs(60)),
            retire_after: self.retire_after,
            choice: self.choice,
        };
        let pool_state = Arc::new(PoolState::new(workers, settings)?);
        let mut pool = Pool::of(Arc::clone(&pool_state));
        let begin = |name: String, body: Body<T>| {
            let pool_state = Arc::clone(&pool_state);
            thread::Builder::new().name(name).spawn(move || {
                interface::adopt_thread(&pool_state);
                if let Err(why) = protocol::catch_panic(|| body(&pool_state)) {
                    pool_state.fail(&format!("a thread of the pool panicked: {why}"));
                }
            })
        };
        pool.threads.push(begin("watchdog".to_owned(), Box::new(watchdog::watch))?);
        // A slot without a supervisor is over, so that the pool, if it does not come to be, ends
        // without it.
        let failed = |slot: usize, error: std::io::Error| {
            (slot..workers).for_each(|slot| pool_state.close_slot(slot));
            Error::from(error)
        };
        for slot in 0..workers {
            let writer = Box::new(move |pool_state: &PoolState<T>| writer::write(pool_state, slot));
            let writer = begin(format!("writer {}", slot + 1), writer);
            pool.threads.push(writer.map_err(|error| failed(0, error))?);
        }
        for slot in 0..workers {
            let supervisor = Box::new(move |pool_state: &PoolState<T>| {
                let supervised = protocol::catch_panic(|| supervisor::supervise(pool_state, slot));
                pool_state.close_slot(slot);
                if let Err(why) = supervised {
                    pool_state.fail(&why);
                }
            });
            let supervisor = begin(format!("supervisor {}", slot + 1), supervisor);
            pool.threads.push(supervisor.map_err(|error| failed(slot, error))?);
        }
        let mut state = pool_state.lock();
        while !state.begun && state.broken.is_none() {
            state = pool_state.wait(&pool_state.changed, state);
        }
        let broken = state.broken.clone();
        drop(state);
        broken.map_or(Ok(pool), |why| Err(Error::NoWorker(why)))
    }

    /// As [`build`](Self::build), but waits until each worker is ready or has failed; returns also
    /// how many were started, and why not all, if some have failed.
    pub(crate) fn build_settled<T: Task>(self) -> Result<(Pool<T>, Option<String>), Error> {
        let pool: Pool<T> = self.build()?;
        let mut state = pool.state.lock();
        while state.broken.is_none()
            && state.slots.iter().any(|slot| !slot.begun && slot.failed.is_none())
        {
            state = pool.state.wait(&pool.state.changed, state);
        }
        if let Some(why) = &state.broken {
            return Err(Error::NoWorker(why.clone()));
        }
        let failed = |slot: &Slot<T>| slot.failed.clone().filter(|_| !slot.begun);
        let shortage = state.slots.iter().find_map(failed).map(|why| {
            let started = state.slots.iter().filter(|slot| slot.begun).count();
            format!("{started} of {} could be started: {why}", state.slots.len())
        });
        drop(state);
        Ok((pool, shortage))
    }
}
