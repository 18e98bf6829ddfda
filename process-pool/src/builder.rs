//! Makes a pool.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use crate::channel::HEAD;
use crate::office::{Office, Settings};
use crate::slot::Slot;
use crate::ticket::{Choice, OnDeath, Options};
use crate::{Error, Pool, Task, keeper, pool, watch, wire, worker, writer};

/// More are a mistake, and no system would start them.
const MOST_WORKERS: usize = 1 << 16;

/// What one of a pool's threads does.
type Body<T> = Box<dyn FnOnce(&Office<T>) + Send>;

/// Says what a pool is to be like.
#[derive(Debug)]
pub struct Builder {
    workers: Option<usize>,
    program: Option<PathBuf>,
    initializer: Option<Result<Vec<u8>, String>>,
    initializer_limit: Duration,
    retire_after: Option<u64>,
    chunk: Option<usize>,
    all_at_first: bool,
    options: Options,
}

impl Default for Builder {
    fn default() -> Self {
        Self::new()
    }
}

impl Builder {
    /// Begins with a worker for each core, and tasks that are reported when their worker dies.
    pub fn new() -> Self {
        Self {
            workers: None,
            program: None,
            initializer: None,
            initializer_limit: Duration::from_secs(60),
            retire_after: None,
            chunk: None,
            all_at_first: false,
            options: Options { on_death: OnDeath::Report, time_limit: None },
        }
    }

    /// Sets how many workers there are.
    #[must_use]
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = Some(workers);
        self
    }

    /// Sets which program the workers are; by default this one. It has to call
    /// [`enter`](crate::enter) with the same tasks.
    #[must_use]
    pub fn program(mut self, program: impl Into<PathBuf>) -> Self {
        self.program = Some(program.into());
        self
    }

    /// Has each worker run this before its first task: a task whose result nobody sees, and which
    /// leaves behind what the others find, in a `static` or a `thread_local`. A worker in which it
    /// panics, or takes longer than a minute, is of no use, and ends.
    #[must_use]
    pub fn initializer(mut self, task: &impl Task) -> Self {
        let mut tasks = wire::Tasks::new();
        self.initializer = Some(tasks.push(task).map(|()| {
            let message = tasks.numbered(0);
            let (_, mut rest) = wire::tasks_of(&message[HEAD..]).expect("it was just written");
            wire::take(&mut rest).expect("it was just written").to_vec()
        }));
        self
    }

    /// Sets how long the initializer may take; then its worker is killed.
    #[must_use]
    pub fn initializer_limit(mut self, limit: Duration) -> Self {
        self.initializer_limit = limit;
        self
    }

    /// Has each worker end after so many tasks, and another take its place: what a task leaks goes
    /// with it.
    #[must_use]
    pub fn retire_after(mut self, tasks: u64) -> Self {
        self.retire_after = Some(tasks);
        self
    }

    /// Has a worker get up to so many tasks in one message, and no more until it has done them. By
    /// default the pool finds out how many are worth a message.
    #[must_use]
    pub fn chunk(mut self, tasks: usize) -> Self {
        self.chunk = Some(tasks);
        self
    }

    /// Sets what becomes of a task whose worker dies.
    #[must_use]
    pub fn on_death(mut self, on_death: OnDeath) -> Self {
        self.options.on_death = on_death;
        self
    }

    /// Sets how long a task may run; then its worker is killed.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.options.time_limit = Some(limit);
        self
    }

    /// Has [`build`](Self::build) wait for all workers, and fail if one of them does. A lesson that
    /// waits for what each of them says would wait for one that never comes.
    #[must_use]
    pub(crate) fn all_at_first(mut self) -> Self {
        self.all_at_first = true;
        self
    }

    /// Starts the workers, and waits until the first is ready.
    ///
    /// # Errors
    /// What was asked for cannot be, no worker can be started, or the system has no room.
    pub fn build<T: Task>(self) -> Result<Pool<T>, Error> {
        if worker::is_astray() {
            let why = "this process is a pool's worker, and makes a pool before it has called process_pool::enter";
            return Err(Error::Refused(why.to_owned()));
        }
        let cores = || thread::available_parallelism().map_or(1, usize::from);
        let workers = self.workers.unwrap_or_else(cores);
        let zero = |what: &str| Err(Error::Refused(format!("{what} has to be 1 at the least")));
        if workers == 0 {
            return zero("the number of workers");
        }
        if workers > MOST_WORKERS {
            return Err(Error::Refused(format!(
                "the number of workers has to be {MOST_WORKERS} at the most"
            )));
        }
        if self.retire_after == Some(0) {
            return zero("the number of tasks after which a worker retires");
        }
        if self.chunk == Some(0) {
            return zero("a chunk");
        }
        let here = || {
            if cfg!(target_os = "linux") {
                Ok("/proc/self/exe".into())
            } else {
                std::env::current_exe()
            }
        };
        let unwritten =
            |why| Error::NotSent { name: "the initializer".to_owned(), what: "the task", why };
        let settings = Settings {
            program: self.program.map_or_else(here, Ok)?,
            initializer: self.initializer.transpose().map_err(unwritten)?,
            initializer_limit: self.initializer_limit,
            retire_after: self.retire_after,
            choice: Choice { options: self.options, chunk: self.chunk },
        };
        let office = Arc::new(Office::new(workers, settings)?);
        let mut pool = Pool::of(Arc::clone(&office));
        let begin = |name: String, body: Body<T>| {
            let office = Arc::clone(&office);
            thread::Builder::new().name(name).spawn(move || {
                pool::belongs(&office);
                if let Err(why) = wire::quietly(|| body(&office)) {
                    office.fail(&format!("a thread of the pool panicked: {why}"));
                }
            })
        };
        pool.threads.push(begin("watch".to_owned(), Box::new(watch::watch))?);
        // A place without a keeper is over, so that the pool, if it does not come to be, ends
        // without it.
        let failed = |slot: usize, error: std::io::Error| {
            (slot..workers).for_each(|slot| office.ends(slot));
            Error::from(error)
        };
        for slot in 0..workers {
            let writer = Box::new(move |office: &Office<T>| writer::write(office, slot));
            let writer = begin(format!("writer {}", slot + 1), writer);
            pool.threads.push(writer.map_err(|error| failed(0, error))?);
        }
        for slot in 0..workers {
            let keeper = Box::new(move |office: &Office<T>| {
                let kept = wire::quietly(|| keeper::keep(office, slot));
                office.ends(slot);
                if let Err(why) = kept {
                    office.fail(&why);
                }
            });
            let keeper = begin(format!("keeper {}", slot + 1), keeper);
            pool.threads.push(keeper.map_err(|error| failed(slot, error))?);
        }
        let mut state = office.state();
        while !state.begun && state.broken.is_none() {
            state = office.wait(&office.changed, state);
        }
        if self.all_at_first {
            let comes = |slot: &Slot<T>| !slot.begun && slot.failed.is_none();
            while state.broken.is_none() && state.slots.iter().any(comes) {
                state = office.wait(&office.changed, state);
            }
        }
        let failed =
            state.slots.iter().find_map(|slot| slot.failed.as_ref()).filter(|_| self.all_at_first);
        match state.broken.as_ref().or(failed) {
            Some(why) => Err(Error::NoWorker(why.clone())),
            None => {
                drop(state);
                Ok(pool)
            }
        }
    }
}
