//! What a pool's threads share: the queue, and what each worker has been sent.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::time::Duration;

use super::callbacks::Callbacks;
use super::error::Error;
use super::protocol;
use super::shared_memory::Shared;
use super::slot::Slot;
use super::task::Task;
use super::task_state::{Choice, Next, Outcome, TaskState};

pub(crate) struct PoolState<T: Task> {
    state: Mutex<State<T>>,
    /// Where the writers wait: one for each.
    pub(crate) writers: Vec<Condvar>,
    /// Where the builder waits for the first worker, and supervisors before they try again.
    pub(crate) changed: Condvar,
    /// Where the watchdog waits while there is nothing to watch.
    pub(crate) busy: Condvar,
    pub(crate) settings: Settings,
    pub(crate) memory: Shared,
    /// Held shared while a worker is started, and alone by a second try: several starts at once may
    /// leave each without the descriptors that one of them would have.
    pub(crate) starts: RwLock<()>,
    pub(crate) callbacks: Callbacks,
}

pub(crate) struct Settings {
    pub(crate) program: PathBuf,
    pub(crate) initializer: Option<Vec<u8>>,
    pub(crate) initializer_limit: Duration,
    pub(crate) retire_after: Option<u64>,
    pub(crate) choice: Choice,
}

pub(crate) struct State<T: Task> {
    pub(crate) queue: VecDeque<Arc<TaskState<T>>>,
    /// The number of tasks that are not over, in the queue or with a worker.
    pub(crate) open: usize,
    /// No more tasks are accepted.
    pub(crate) closed: bool,
    /// A task that is queued, or returned, is not run.
    pub(crate) discards: bool,
    /// A task that runs is killed.
    pub(crate) kills: bool,
    /// Why there is no worker any more, if so.
    pub(crate) broken: Option<String>,
    /// A worker was ready once.
    pub(crate) begun: bool,
    pub(crate) slots: Vec<Slot<T>>,
    /// The writers that have nothing to send, to workers that would take it.
    waiting: Vec<usize>,
    /// The last task that its submitting thread has sent.
    pub(crate) sole: Weak<TaskState<T>>,
    /// The watchdog waits until it is woken.
    watch_sleeps: bool,
}

impl<T: Task> State<T> {
    /// Returns how many of the next tasks this worker may be sent now.
    pub(crate) fn room(&self, slot: usize, settings: &Settings) -> usize {
        let chunk = self.queue.front().and_then(|entry| entry.choice(&settings.choice).chunk);
        self.slots[slot].room(chunk, settings.retire_after)
    }
}

impl<T: Task> PoolState<T> {
    pub(crate) fn new(workers: usize, settings: Settings) -> std::io::Result<Self> {
        let state = State {
            queue: VecDeque::new(),
            open: 0,
            closed: false,
            discards: false,
            kills: false,
            broken: None,
            begun: false,
            slots: (0..workers).map(|_| Slot::new()).collect(),
            waiting: Vec::new(),
            sole: Weak::new(),
            watch_sleeps: false,
        };
        Ok(Self {
            state: Mutex::new(state),
            writers: (0..workers).map(|_| Condvar::new()).collect(),
            changed: Condvar::new(),
            busy: Condvar::new(),
            settings,
            memory: Shared::new()?,
            starts: RwLock::default(),
            callbacks: Callbacks::default(),
        })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn wait<'a>(
        &self,
        condvar: &Condvar,
        state: MutexGuard<'a, State<T>>,
    ) -> MutexGuard<'a, State<T>> {
        condvar.wait(state).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits as the watchdog, until there is something to watch.
    pub(crate) fn wait_as_watchdog<'a>(
        &self,
        mut state: MutexGuard<'a, State<T>>,
    ) -> MutexGuard<'a, State<T>> {
        state.watch_sleeps = true;
        state = self.wait(&self.busy, state);
        state.watch_sleeps = false;
        state
    }

    /// Wakes the watchdog, if it waits. While it polls it does not: a wake for each task would be a
    /// system call for each.
    pub(crate) fn wake_watchdog(&self, state: &mut State<T>) {
        if std::mem::take(&mut state.watch_sleeps) {
            self.busy.notify_one();
        }
    }

    /// Waits as the writer of this slot, until there may be something to send.
    pub(crate) fn wait_as_writer<'a>(
        &self,
        slot: usize,
        has_room: bool,
        mut state: MutexGuard<'a, State<T>>,
    ) -> MutexGuard<'a, State<T>> {
        if has_room {
            state.waiting.push(slot);
        } else {
            // If this writer was woken for a task, another one is woken instead.
            self.wake_writer(&mut state);
            state.slots[slot].stuck = true;
        }
        state = self.wait(&self.writers[slot], state);
        state.slots[slot].stuck = false;
        state.waiting.retain(|waits| *waits != slot);
        state
    }

    /// Wakes a writer, if there is something to send and one waits for it: that of the worker with
    /// the least load.
    pub(crate) fn wake_writer(&self, state: &mut State<T>) {
        if state.queue.is_empty() {
            return;
        }
        let State { waiting, slots, .. } = state;
        if let Some(place) = (0..waiting.len()).min_by_key(|place| slots[waiting[*place]].load) {
            self.writers[waiting.swap_remove(place)].notify_one();
        }
    }

    /// Queues tasks; ends them if the pool is closed or broken.
    pub(crate) fn queue(
        &self,
        mut state: MutexGuard<'_, State<T>>,
        entries: impl ExactSizeIterator<Item = Arc<TaskState<T>>>,
    ) {
        let refused = match &state.broken {
            Some(why) => Some(Error::NoWorker(why.clone())),
            None => state.closed.then_some(Error::Closed),
        };
        if let Some(error) = refused {
            drop(state);
            self.finish_all(entries.map(|entry| (entry, Err(copy(&error)))));
            return;
        }
        self.wake_watchdog(&mut state);
        state.open += entries.len();
        state.queue.extend(entries);
        self.wake_writer(&mut state);
    }

    /// Queues tasks that no worker has any more, before all others; ends them if they are not to be
    /// run.
    pub(crate) fn requeue(
        &self,
        state: &mut State<T>,
        entries: Vec<Arc<TaskState<T>>>,
        over: &mut Over<T>,
    ) {
        if state.discards || state.broken.is_some() {
            let error = state.broken.clone().map_or(Error::Closed, Error::NoWorker);
            over.extend(entries.into_iter().map(|entry| (entry, Err(copy(&error)))));
            return;
        }
        for entry in entries.into_iter().rev() {
            entry.back();
            state.queue.push_front(entry);
        }
        self.wake_writer(state);
    }

    /// Counts tasks that are over, or about to be.
    pub(crate) fn settle_count(&self, state: &mut State<T>, tasks: usize) {
        state.open -= tasks;
        if state.open == 0 && state.closed {
            self.wake_all();
        }
    }

    /// Empties a slot whose worker is gone; returns the tasks that were not settled, of which there
    /// are none as a rule.
    pub(crate) fn vacate(&self, state: &mut State<T>, slot: usize, why: &str) -> Over<T> {
        let there = &mut state.slots[slot];
        let left = std::mem::take(&mut there.in_flight);
        let generation = there.generation + u64::from(!left.is_empty());
        let (failures, stuck, failed) = (there.failures, there.stuck, there.failed.take());
        *there = Slot { generation, failures, stuck, failed, ..Slot::new() };
        self.settle_count(state, left.len());
        left.into_iter().map(|(_, entry)| (entry, Err(Error::NoWorker(why.to_owned())))).collect()
    }

    /// Marks a slot that has no supervisor any more.
    pub(crate) fn close_slot(&self, slot: usize) {
        let mut state = self.lock();
        let over = self.vacate(&mut state, slot, "its supervisor has ended");
        state.slots[slot].is_over = true;
        self.wake_all();
        drop(state);
        self.finish_all(over);
    }

    /// Breaks the pool, which will have no worker any more: tasks that are queued, or submitted
    /// later, get an error, and workers that are left are killed.
    pub(crate) fn fail(&self, why: &str) {
        let mut over = Vec::new();
        let mut state = self.lock();
        state.broken.get_or_insert_with(|| why.to_owned());
        let queued = std::mem::take(&mut state.queue).into();
        self.requeue(&mut state, queued, &mut over);
        self.settle_count(&mut state, over.len());
        state.slots.iter().for_each(Slot::kill);
        self.wake_all();
        drop(state);
        self.finish_all(over);
    }

    /// Wakes all threads of the pool.
    pub(crate) fn wake_all(&self) {
        self.changed.notify_all();
        self.busy.notify_all();
        self.writers.iter().for_each(Condvar::notify_all);
    }

    /// Ends tasks, without the lock. No waiting thread is woken before all tasks are over: one that
    /// waits for several finds them.
    pub(crate) fn finish_all(
        &self,
        over: impl IntoIterator<Item = (Arc<TaskState<T>>, Outcome<T::Output>)>,
    ) {
        let mut next = Vec::new();
        for (entry, outcome) in over {
            // Results and wakers are the caller's types: their panics end no thread of the pool.
            next.extend(protocol::catch_panic(move || entry.end(outcome)).ok().flatten());
        }
        for next in next {
            match next {
                Next::Wake(waker) => drop(protocol::catch_panic(|| waker.wake())),
                Next::Call(call) => self.callbacks.call(call),
            }
        }
    }
}

/// Tasks that are over, and what came of them.
pub(crate) type Over<T> = Vec<(Arc<TaskState<T>>, Outcome<<T as Task>::Output>)>;

fn copy(error: &Error) -> Error {
    match error {
        Error::NoWorker(why) => Error::NoWorker(why.clone()),
        _ => Error::Closed,
    }
}
