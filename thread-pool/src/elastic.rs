//! How many threads a pool has: a core that stays, more while it is busy, and in which order it
//! grows.
//!
//! Java's `ThreadPoolExecutor` starts core threads first, then fills the queue, and starts more
//! threads only when that is full; a thread beyond the core ends after its keep-alive. Python's starts
//! a thread if none is idle, up to its maximum, and ends none before its shutdown. Both are one pool
//! here: `State::place` is all that they differ in.
//!
//! The tasks of a burst stand at a gate, in the open, so that each finds all threads busy.

use std::collections::VecDeque;
use std::sync::mpsc::channel;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use kit::real::lane::{lock, wait_while};
use tracing::info_span;

use crate::submit::wait_and_count;
use crate::{BuildError, Builder, Gate, Handle, Job};

/// The sizes of a pool, and how it grows.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// The threads that are started before a task is queued, and that stay.
    pub core: usize,
    /// The most threads there may be.
    pub maximum: usize,
    /// The tasks that the queue has room for; with 0, a task is handed to an idle thread or to none.
    pub bound: usize,
    /// How long a thread beyond the core is idle before it ends.
    pub keep_alive: Duration,
    /// Whether an idle thread is given a task before another core thread is started.
    pub reuses_idle: bool,
}

/// What became of tasks that were submitted while none of them ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Burst {
    /// The tasks that had begun then, by number, from 1: a thread was started for each.
    pub begun: Vec<usize>,
    /// The tasks in the queue then.
    pub queued: usize,
    /// The tasks that were run in the end; the others were rejected.
    pub run: usize,
}

/// Submits `tasks` tasks, none of which ends before the last one is submitted.
pub fn burst(sizes: Sizes, tasks: usize) -> Result<Burst, BuildError> {
    with_pool(sizes, |pool| burst_on(pool, tasks))
}

fn burst_on(pool: &Arc<ElasticPool>, tasks: usize) -> Result<Burst, BuildError> {
    let (gate, (begins, begun)) = (Gate::default(), channel());
    let submit = |number| {
        let (gate, begins) = (gate.clone(), begins.clone());
        pool.submit(move || {
            // It is received until the gate opens.
            let _ = begins.send(number);
            let _runs = info_span!("runs", what = number);
            gate.pass();
            wait_and_count(1)
        })
    };
    let handles = (1..=tasks).map(submit).collect::<Result<Vec<_>, _>>();
    let (alive, queued) = {
        let state = pool.lock();
        (state.alive, state.queue.len())
    };
    gate.until_waiting(alive);
    let mut begun: Vec<_> = begun.try_iter().collect();
    begun.sort_unstable();
    gate.open();
    let run = handles?.into_iter().map(Handle::wait).filter(Result::is_ok).count();
    Ok(Burst { begun, queued, run })
}

/// Has a burst that takes all threads, waits until those beyond the core have ended, and has one more
/// burst. Returns the number of threads each time, and the shortest time that one was idle before its
/// end.
pub fn shrinks(sizes: Sizes) -> Result<([usize; 3], Duration), BuildError> {
    with_pool(sizes, |pool| {
        let tasks = sizes.maximum + sizes.bound;
        let most = burst_on(pool, tasks)?.begun.len();
        let (left, idled) = {
            let state = pool.until(|state| state.alive <= sizes.core);
            (state.alive, state.idled)
        };
        Ok(([most, left, burst_on(pool, tasks)?.begun.len()], idled))
    })
}

/// Submits `tasks` tasks, each when the one before is over and its thread is idle; returns the number
/// of threads that were started.
pub fn one_by_one(sizes: Sizes, tasks: usize) -> Result<usize, BuildError> {
    with_pool(sizes, |pool| {
        for number in 1..=tasks {
            let task = move || {
                let _runs = info_span!("runs", what = number);
                wait_and_count(1)
            };
            pool.submit(task)?.wait().expect("it does not panic");
            drop(pool.until(|state| state.idle == state.alive));
        }
        Ok(pool.lock().alive)
    })
}

/// The pool: a queue behind a lock, and threads that come with tasks and go when they are idle.
struct ElasticPool {
    sizes: Sizes,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    queue: VecDeque<Job>,
    /// The threads that have not ended, and those of them that wait for a task.
    alive: usize,
    idle: usize,
    closed: bool,
    threads: Vec<JoinHandle<()>>,
    /// The shortest time that a thread that has ended was idle before.
    idled: Duration,
}

impl State {
    /// Decides where a task goes: core threads, then the queue, then more threads.
    fn place(&self, sizes: Sizes) -> Place {
        let one_is_idle = self.queue.len() < self.idle;
        match () {
            () if sizes.reuses_idle && one_is_idle => Place::Queue,
            () if self.alive < sizes.core => Place::NewThread,
            () if self.queue.len() < sizes.bound || one_is_idle => Place::Queue,
            () if self.alive < sizes.maximum => Place::NewThread,
            () => Place::Nowhere,
        }
    }
}

enum Place {
    NewThread,
    Queue,
    Nowhere,
}

impl ElasticPool {
    /// Submits a task; the handle of one that is rejected says that it was dropped.
    fn submit<T: Send + 'static>(
        self: &Arc<Self>,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<Handle<T>, BuildError> {
        let (job, handle) = Handle::of(task);
        let mut state = self.lock();
        match state.place(self.sizes) {
            Place::NewThread => {
                let (pool, number) = (Arc::clone(self), state.threads.len() + 1);
                let thread = Builder::new().workers(number).start(number, move || {
                    job.run();
                    std::iter::from_fn(|| pool.next()).for_each(Job::run);
                });
                state.threads.push(thread?);
                state.alive += 1;
            }
            Place::Queue => {
                state.queue.push_back(job);
                self.changed.notify_all();
            }
            Place::Nowhere => {}
        }
        Ok(handle)
    }

    /// Takes a task; returns none if the thread is to end. The thread looks at the queue once more
    /// after each wait: a task that comes as the keep-alive runs out is not lost.
    fn next(&self) -> Option<Job> {
        let since = Instant::now();
        let mut state = self.lock();
        state.idle += 1;
        self.changed.notify_all();
        while state.queue.is_empty() && !state.closed {
            let surplus = state.alive > self.sizes.core;
            let limit = if surplus { self.sizes.keep_alive } else { Duration::MAX };
            let left = limit.saturating_sub(since.elapsed());
            if left.is_zero() {
                break;
            }
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.idle -= 1;
        let job = state.queue.pop_front();
        if job.is_none() {
            state.alive -= 1;
            state.idled = state.idled.min(since.elapsed());
            self.changed.notify_all();
        }
        job
    }

    fn until(&self, is: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        wait_while(&self.changed, self.lock(), |state| !is(state))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}

/// Makes a pool for a function; then runs what is queued, and joins the threads.
fn with_pool<R>(sizes: Sizes, with: impl FnOnce(&Arc<ElasticPool>) -> R) -> R {
    let state = Mutex::new(State { idled: Duration::MAX, ..State::default() });
    let pool = Arc::new(ElasticPool { sizes, state, changed: Condvar::new() });
    let returned = with(&pool);
    let mut state = pool.lock();
    state.closed = true;
    let threads = std::mem::take(&mut state.threads);
    drop(state);
    pool.changed.notify_all();
    // The handles of the tasks take their panics.
    threads.into_iter().for_each(|thread| drop(thread.join()));
    returned
}
