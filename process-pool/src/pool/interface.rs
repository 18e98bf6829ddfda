//! The pool, as its user sees it.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;

use super::error::Error;
use super::handle::Handle;
use super::pool_state::{Over, PoolState};
use super::protocol::Tasks;
use super::shared_memory::{Guard, TaskStatus};
use super::slot::Slot;
use super::task::Task;
use super::task_state::Outcome;
use super::task_state::{Choice, Options, TaskState};
use super::writer;

/// Runs tasks on worker processes that stay. Made by a [`Builder`](crate::Builder).
///
/// Nothing is lost: each task that is submitted comes to exactly one end, whatever becomes of the
/// workers. Dropping the pool is [`shutdown`](Self::shutdown).
pub struct Pool<T: Task> {
    pool_state: Arc<PoolState<T>>,
    pub(crate) threads: Vec<JoinHandle<()>>,
}

impl<T: Task> Pool<T> {
    pub(crate) fn of(pool_state: Arc<PoolState<T>>) -> Self {
        Self { pool_state, threads: Vec::new() }
    }

    /// Queues a task, and returns at once the way to its result.
    pub fn submit(&self, task: T) -> Handle<T> {
        self.take(TaskState::new(task, None))
    }

    /// Queues a task with options of its own.
    pub fn submit_with(&self, task: T, options: Options) -> Handle<T> {
        let chunk = self.pool_state.settings.choice.chunk;
        self.take(TaskState::new(task, Some(Arc::new(Choice { options, chunk }))))
    }

    /// Queues one task; or sends it from here, if there is no other, which saves the waking of a
    /// writer. But not if the last such task still has a handle: then the caller does not go one at
    /// a time, and what comes next may share a message.
    fn take(&self, entry: TaskState<T>) -> Handle<T> {
        let entry = Arc::new(entry);
        let mut state = self.pool_state.lock();
        if state.open == 0 && state.sole.strong_count() == 0 {
            drop(state);
            // Without the lock, for a type's own Serialize may take any time.
            let message = Tasks::small(&entry.task);
            state = self.pool_state.lock();
            if state.open == 0
                && !state.closed
                && let Some(message) = message
                && writer::send_at_once(&self.pool_state, &mut state, message, &entry)
            {
                self.pool_state.wake_watchdog(&mut state);
                state.open = 1;
                state.sole = Arc::downgrade(&entry);
                return Handle(entry);
            }
        }
        self.pool_state.queue(state, [Arc::clone(&entry)].into_iter());
        Handle(entry)
    }

    /// Queues many tasks at once, and returns the ways to their results, in order.
    pub fn submit_all(&self, tasks: impl IntoIterator<Item = T>) -> Vec<Handle<T>> {
        self.take_all(None, tasks)
    }

    fn take_all(
        &self,
        choice: Option<Arc<Choice>>,
        tasks: impl IntoIterator<Item = T>,
    ) -> Vec<Handle<T>> {
        let entry = |task| Arc::new(TaskState::new(task, choice.clone()));
        let entries: Vec<_> = tasks.into_iter().map(entry).collect();
        self.pool_state.queue(self.pool_state.lock(), entries.iter().cloned());
        entries.into_iter().map(Handle).collect()
    }

    /// Runs many tasks, and returns what came of each in their order.
    ///
    /// # Blocking
    /// Until all are over.
    pub fn map(&self, tasks: impl IntoIterator<Item = T>) -> Vec<Outcome<T::Output>> {
        self.submit_all(tasks).into_iter().map(Handle::wait).collect()
    }

    /// As [`map`](Self::map), with this many tasks to a message: a worker gets so many, and no more
    /// until it has done them. Tasks that are all alike want few large chunks; those of which some
    /// take long want chunks of 1, or `map`, which finds out by itself.
    ///
    /// # Panics
    /// If a chunk is to be of no task.
    ///
    /// # Blocking
    /// Until all are over.
    pub fn map_in_chunks(
        &self,
        chunk: usize,
        tasks: impl IntoIterator<Item = T>,
    ) -> Vec<Outcome<T::Output>> {
        assert!(chunk > 0, "a chunk is of 1 task at the least");
        let choice =
            Choice { options: self.pool_state.settings.choice.options, chunk: Some(chunk) };
        self.take_all(Some(Arc::new(choice)), tasks).into_iter().map(Handle::wait).collect()
    }

    /// Waits until each worker is ready or has failed; returns how many were started, and why not
    /// all, if some have failed.
    pub(crate) fn wait_until_settled(&self) -> Result<Option<String>, Error> {
        let mut state = self.pool_state.lock();
        let is_open = |slot: &Slot<T>| !slot.begun && slot.failed.is_none();
        while state.broken.is_none() && state.slots.iter().any(is_open) {
            state = self.pool_state.wait(&self.pool_state.changed, state);
        }
        if let Some(why) = &state.broken {
            return Err(Error::NoWorker(why.clone()));
        }
        let (wanted, started) =
            (state.slots.len(), state.slots.iter().filter(|slot| slot.begun).count());
        let failed = state.slots.iter().filter(|slot| !slot.begun);
        let why = failed.filter_map(|slot| slot.failed.as_ref()).next();
        Ok(why.map(|why| format!("{started} of {wanted} could be started: {why}")))
    }

    /// Returns the PIDs of the workers that are ready for tasks. A moment later it may be otherwise.
    pub fn pids(&self) -> Vec<u32> {
        self.pool_state
            .lock()
            .slots
            .iter()
            .filter(|slot| slot.ready)
            .filter_map(|slot| Some(slot.process.as_ref()?.pid()))
            .collect()
    }

    /// Takes the lock that the workers share.
    ///
    /// # Panics
    /// If this thread holds it.
    ///
    /// # Blocking
    /// As long as a worker holds it, which may be for ever: a [time
    /// limit](crate::Builder::time_limit) ends a worker that does not release it.
    pub fn lock(&self) -> Guard<'_> {
        self.pool_state.memory.lock()
    }

    /// Returns the counter that the workers share.
    pub fn counter(&self) -> &AtomicU64 {
        self.pool_state.memory.counter()
    }

    /// Takes no more tasks, has those run that there are, and ends the workers.
    ///
    /// # Blocking
    /// As long as the tasks take, and callbacks. A worker that has not ended 5 s after its last
    /// task is killed, and so is one that has been stopped (SIGSTOP) for 5 s: then its task is over
    /// with [`Error::Died`](crate::Error::Died), or is run again.
    pub fn shutdown(mut self) {
        self.end(false, false);
    }

    /// Ends those tasks that no worker has begun, with [`Error::Closed`](crate::Error::Closed),
    /// waits for those that one has, and ends the workers.
    ///
    /// # Blocking
    /// As long as the tasks take that were begun, and callbacks; with a worker that is stopped, as
    /// [`shutdown`](Self::shutdown).
    pub fn shutdown_now(mut self) {
        self.end(true, false);
    }

    /// Ends all tasks, with [`Error::Closed`](crate::Error::Closed), also those that run: their
    /// workers are killed.
    pub fn terminate(mut self) {
        self.end(true, true);
    }

    fn end(&mut self, discards: bool, kills: bool) {
        let mut over: Over<T> = Vec::new();
        let mut state = self.pool_state.lock();
        state.closed = true;
        if discards {
            state.discards = true;
            state.kills = kills;
            let queued = std::mem::take(&mut state.queue).into();
            self.pool_state.requeue(&mut state, queued, &mut over);
            self.pool_state.settle_count(&mut state, over.len());
            for slot in &mut state.slots {
                if kills {
                    if let Some(status_word) = slot.line.as_ref().map(|line| &line.status_word)
                        && let TaskStatus::Runs(number) = status_word.now()
                    {
                        status_word.doom(number);
                    }
                    slot.kill();
                } else {
                    slot.request_return();
                }
            }
        }
        self.pool_state.wake_all();
        drop(state);
        self.pool_state.finish_all(over);
        // A pool may be dropped by what one of its threads wakes or drops. That one cannot wait for
        // itself.
        if !is_own_thread(&self.pool_state) {
            for thread in self.threads.drain(..) {
                // It does not panic; if it did, the others would still end.
                let _ = thread.join();
            }
        }
        self.pool_state.callbacks.end();
    }
}

thread_local! {
    /// Whose thread this is: the address of what the threads of a pool share. Without a destructor,
    /// so that it is there to the end.
    static OF: Cell<usize> = const { Cell::new(0) };
}

/// Notes that this thread is one of a pool's own.
pub(crate) fn adopt_thread<T: Task>(pool_state: &Arc<PoolState<T>>) {
    OF.set(Arc::as_ptr(pool_state) as usize);
}

fn is_own_thread<T: Task>(pool_state: &Arc<PoolState<T>>) -> bool {
    OF.get() == Arc::as_ptr(pool_state) as usize
}

impl<T: Task> Drop for Pool<T> {
    fn drop(&mut self) {
        self.end(false, false);
    }
}

impl<T: Task> fmt::Debug for Pool<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("pids", &self.pids()).finish_non_exhaustive()
    }
}
