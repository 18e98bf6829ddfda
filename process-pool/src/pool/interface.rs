//! The pool, as its caller sees it.

use std::cell::Cell;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::thread::JoinHandle;

use super::batch::Batch;
use super::block::{Block, Outcome};
use super::handle::Handle;
use super::options::{Choice, Options};
use super::place::Places;
use super::pool_state::PoolState;
use super::protocol::Tasks;
use super::shared_memory::Guard;
use super::status_word::TaskStatus;
use super::task::Task;
use super::writer;

/// A pool of worker processes, which a [`Builder`](crate::Builder) starts.
///
/// Each task that is submitted has exactly one outcome, whatever becomes of the workers. Dropping
/// the pool is [`shutdown`](Self::shutdown). [`Task`](crate::Task) has an example.
pub struct Pool<T: Task> {
    pub(crate) state: Arc<PoolState<T>>,
    pub(crate) threads: Vec<JoinHandle<()>>,
}

impl<T: Task> Pool<T> {
    pub(crate) fn of(pool_state: Arc<PoolState<T>>) -> Self {
        Self { state: pool_state, threads: Vec::new() }
    }

    /// Queues a task, and returns its handle. Never blocks: the queue is unbounded.
    pub fn submit(&self, task: T) -> Handle<T> {
        let mut inlet = self.state.inlet();
        if inlet.is_open {
            return Handle::of(inlet.push(task));
        }
        drop(inlet);
        let mut state = self.state.lock();
        // A task that is the only one is sent from here, which saves the waking of a writer. But
        // not if the last such task still has a handle: then the caller does not go one at a time,
        // and what comes next may share a message.
        if state.open == 0 && state.sole.as_ref().is_none_or(|(sole, place)| sole.is_taken(*place))
        {
            drop(state);
            // Without the lock, for a type's own Serialize may take any time.
            let message = Tasks::small(&task);
            state = self.state.lock();
            if state.open == 0
                && !state.closed
                && let Some(message) = message
                && let Some(slot) =
                    (0..state.slots.len()).find(|slot| state.room(*slot, &self.state.settings) > 0)
            {
                self.state.wake_watchdog(&mut state);
                state.open = 1;
                let (batch, mut place) = self.state.inlet().single(task);
                place.is_sole = true;
                let (block, first) = batch.tasks.place();
                state.sole = Some((Arc::clone(block), first));
                writer::send_at_once(&self.state, &mut state, slot, message, batch);
                return Handle::of(place);
            }
        }
        if state.closed || state.broken.is_some() {
            let (batch, place) = self.state.inlet().single(task);
            self.state.queue(state, vec![batch]);
            return Handle::of(place);
        }
        Handle::of(self.state.push(&mut state, task))
    }

    /// Queues a task with options of its own.
    pub fn submit_with(&self, task: T, options: Options) -> Handle<T> {
        let chunk = self.state.settings.choice.chunk;
        self.take_all(Some(Arc::new(Choice { options, chunk })), [task]).remove(0)
    }

    /// Queues many tasks at once, and returns their handles, in order.
    pub fn submit_all(&self, tasks: impl IntoIterator<Item = T>) -> Vec<Handle<T>> {
        self.take_all(None, tasks)
    }

    fn take_all(
        &self,
        choice: Option<Arc<Choice>>,
        tasks: impl IntoIterator<Item = T>,
    ) -> Vec<Handle<T>> {
        let (mut batches, mut handles) = (Vec::new(), Vec::new());
        let mut tasks = tasks.into_iter().peekable();
        while tasks.peek().is_some() {
            let most = Block::<T, T::Output>::MOST;
            let count = tasks.size_hint().1.map_or(most, |count| count.clamp(1, most));
            let mut places = Places::new(count);
            handles.extend(tasks.by_ref().take(count).map(|task| Handle::of(places.fill(task))));
            batches.push(Batch::new(places.part(), choice.clone()));
        }
        self.state.queue(self.state.lock(), batches);
        handles
    }

    /// Runs many tasks, and returns their outcomes, in order.
    ///
    /// # Blocking
    /// Until all tasks are over.
    pub fn map(&self, tasks: impl IntoIterator<Item = T>) -> Vec<Outcome<T::Output>> {
        self.submit_all(tasks).into_iter().map(Handle::wait).collect()
    }

    /// As [`map`](Self::map), with `chunk` tasks to a message: a worker gets as many, and no more
    /// until it has done them. Tasks that are all alike want few large chunks; those of which some
    /// take long want chunks of 1, or `map`, which adapts.
    ///
    /// # Panics
    /// If `chunk` is 0.
    ///
    /// # Blocking
    /// Until all tasks are over.
    pub fn map_in_chunks(
        &self,
        chunk: usize,
        tasks: impl IntoIterator<Item = T>,
    ) -> Vec<Outcome<T::Output>> {
        assert!(chunk > 0, "a chunk is of 1 task at the least");
        let choice = Choice { options: self.state.settings.choice.options, chunk: Some(chunk) };
        self.take_all(Some(Arc::new(choice)), tasks).into_iter().map(Handle::wait).collect()
    }

    /// Returns the PIDs of the workers that are ready for tasks. A moment later it may be
    /// otherwise.
    pub fn pids(&self) -> Vec<u32> {
        self.state
            .lock()
            .slots
            .iter()
            .filter(|slot| slot.ready)
            .filter_map(|slot| Some(slot.process.as_ref()?.pid()))
            .collect()
    }

    /// Acquires the lock that the workers share.
    ///
    /// # Panics
    /// If this thread holds it.
    ///
    /// # Blocking
    /// While a worker holds it, which may be for ever: a [time
    /// limit](crate::Builder::time_limit) ends a worker that does not release it.
    pub fn lock(&self) -> Guard<'_> {
        self.state.memory.lock()
    }

    /// Returns the counter that the workers share.
    pub fn counter(&self) -> &AtomicU64 {
        self.state.memory.counter()
    }

    /// Accepts no more tasks, runs those that are queued, and ends the workers.
    ///
    /// # Blocking
    /// Until all tasks and callbacks are over. A worker that has not ended 5 s after its last
    /// task is killed, and so is one that has been stopped (SIGSTOP) for 5 s: then its task is over
    /// with [`Error::Died`](crate::Error::Died), or is run again.
    pub fn shutdown(mut self) {
        self.end(false, false);
    }

    /// Ends the tasks that no worker has begun, with [`Error::Closed`](crate::Error::Closed), waits
    /// for those that run, and ends the workers.
    ///
    /// # Blocking
    /// Until the tasks that were begun and the callbacks are over; with a worker that is stopped,
    /// as [`shutdown`](Self::shutdown).
    pub fn shutdown_now(mut self) {
        self.end(true, false);
    }

    /// Ends all tasks, with [`Error::Closed`](crate::Error::Closed), also those that run: kills
    /// their workers.
    pub fn terminate(mut self) {
        self.end(true, true);
    }

    fn end(&mut self, discards: bool, kills: bool) {
        let mut over = Vec::new();
        let mut state = self.state.lock();
        state.closed = true;
        self.state.drain_inlet(&mut state);
        if discards {
            state.discards = true;
            state.kills = kills;
            self.state.discard(&mut state, &mut over);
            for slot in &mut state.slots {
                if kills {
                    if let Some(status_word) =
                        slot.channels.as_ref().map(|channels| &channels.status_word)
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
        self.state.wake_all();
        drop(state);
        self.state.finish_all(over);
        // A pool may be dropped by a waker that one of its own threads wakes, which cannot join
        // itself.
        if !is_own_thread(&self.state) {
            for thread in self.threads.drain(..) {
                // It does not panic; if it did, the others would still be joined.
                let _ = thread.join();
            }
        }
        self.state.callbacks.end();
    }
}

thread_local! {
    /// The address of the state of the pool that owns this thread. It has no destructor, so that it
    /// is there to the end of the thread.
    static OF: Cell<usize> = const { Cell::new(0) };
}

/// Marks this thread as one of the pool's own.
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
