//! What a pool's threads share: the queue, and what each worker has been sent.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use super::batch::{Batch, Batches, Ended, Over};
use super::block::{Block, Next};
use super::callbacks::Callbacks;
use super::error::Error;
use super::inlet::Inlet;
use super::options::Choice;
use super::protocol::catch_panic;
use super::shared_memory::Shared;
use super::slot::Slot;
use super::task::Task;

pub(crate) struct PoolState<T: Task> {
    state: Mutex<State<T>>,
    /// Locked after the state, by a thread that needs both.
    pub(crate) inlet: Mutex<Inlet<T>>,
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
    pub(crate) queue: Batches<T>,
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
    pub(crate) waiting: Vec<usize>,
    /// The place of the outcome of the last task that its submitting thread has sent.
    pub(crate) sole: Option<Sole<T>>,
    /// The watchdog waits until it is woken.
    watch_sleeps: bool,
}

/// A block, and a place in it.
type Sole<T> = (Arc<Block<T, <T as Task>::Output>>, usize);

impl<T: Task> State<T> {
    /// Returns how many of the next tasks this worker may be sent now.
    pub(crate) fn room(&self, slot: usize, settings: &Settings) -> usize {
        self.slots[slot].room(self.chunk(settings), settings.retire_after)
    }

    /// Returns the chunk size of the next tasks.
    pub(crate) fn chunk(&self, settings: &Settings) -> Option<usize> {
        let choice = |batch: &Batch<T>| batch.choice(&settings.choice).chunk;
        self.queue.batches.front().map_or(settings.choice.chunk, choice)
    }

    /// Returns tasks that are not to be run, with an error for each.
    fn refuse(&self, batches: Vec<Batch<T>>) -> Over<T> {
        let refused = |batch: Batch<T>| {
            let broken = self.broken.clone();
            batch.failed(move |_| broken.clone().map_or(Error::Closed, Error::NoWorker))
        };
        batches.into_iter().map(refused).collect()
    }
}

impl<T: Task> PoolState<T> {
    pub(crate) fn new(workers: usize, settings: Settings) -> std::io::Result<Self> {
        let state = State {
            queue: Batches::new(),
            open: 0,
            closed: false,
            discards: false,
            kills: false,
            broken: None,
            begun: false,
            slots: (0..workers).map(|_| Slot::new()).collect(),
            waiting: Vec::new(),
            sole: None,
            watch_sleeps: false,
        };
        Ok(Self {
            state: Mutex::new(state),
            inlet: Mutex::new(Inlet::new()),
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
        if state.queue.len() == 0 {
            return;
        }
        let State { waiting, slots, .. } = state;
        if let Some(place) = (0..waiting.len()).min_by_key(|place| slots[waiting[*place]].load) {
            self.writers[waiting.swap_remove(place)].notify_one();
        }
    }

    /// Queues tasks; ends them if the pool is closed or broken.
    pub(crate) fn queue(&self, mut state: MutexGuard<'_, State<T>>, batches: Vec<Batch<T>>) {
        if state.closed || state.broken.is_some() {
            let over = state.refuse(batches);
            drop(state);
            return self.finish_all(over);
        }
        self.drain_inlet(&mut state);
        self.wake_watchdog(&mut state);
        state.open += batches.iter().map(|batch| batch.tasks.len()).sum::<usize>();
        batches.into_iter().for_each(|batch| state.queue.push_back(batch));
        self.wake_writer(&mut state);
    }

    /// Queues tasks that no worker has any more, before all others; ends them if they are not to be
    /// run.
    pub(crate) fn requeue(&self, state: &mut State<T>, batches: Vec<Batch<T>>, over: &mut Over<T>) {
        if state.discards || state.broken.is_some() {
            return over.extend(state.refuse(batches));
        }
        for batch in batches.into_iter().rev() {
            batch.tasks.back();
            state.queue.push_front(batch);
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
        let left = there.in_flight.take(usize::MAX);
        let generation = there.generation + u64::from(!left.is_empty());
        let (failures, stuck, failed) = (there.failures, there.stuck, there.failed.take());
        *there = Slot { generation, failures, stuck, failed, ..Slot::new() };
        let failed = |batch: Batch<T>| {
            let why = why.to_owned();
            batch.failed(move |_| Error::NoWorker(why.clone()))
        };
        let over = left.into_iter().map(failed).collect();
        self.settle_count(state, count(&over));
        over
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
        self.drain_inlet(&mut state);
        self.discard(&mut state, &mut over);
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

    /// Ends all tasks of the queue, for the pool is broken, or discards them.
    pub(crate) fn discard(&self, state: &mut State<T>, over: &mut Over<T>) {
        let queued = state.queue.take(usize::MAX);
        self.requeue(state, queued, over);
        self.settle_count(state, count(over));
    }

    /// Ends tasks, without the lock. No waiting thread is woken before all tasks are over: one that
    /// waits for several finds them.
    pub(crate) fn finish_all(&self, over: Over<T>) {
        let mut next = Vec::new();
        over.into_iter().for_each(|ended| ended.publish(&mut next));
        for next in next {
            match next {
                Next::Threads(block) => block.wake(),
                // Wakers are the caller's types: their panics end no thread of the pool.
                Next::Wake(waker) => drop(catch_panic(|| waker.wake())),
                Next::Call(call) => self.callbacks.call(call),
            }
        }
    }
}

/// Returns the number of tasks.
pub(crate) fn count<T: Task>(over: &Over<T>) -> usize {
    over.iter().map(Ended::count).sum()
}
