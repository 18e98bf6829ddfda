//! Where single tasks wait that are submitted while all writers are busy.
//!
//! A thread that submits one task after the other would have the lock of the pool's state for a
//! good part of the time. Each other thread of the pool needs that lock for each message, and would
//! often sleep for it, which is two context switches. But as long as all writers are busy, there is
//! none to be woken for a task: it is left here, behind a lock that hardly another thread needs. A
//! writer takes what is here when it comes for more.

use std::sync::{MutexGuard, PoisonError};

use super::batch::{Batch, Batches};
use super::block::Block;
use super::place::{Place, Places};
use super::pool_state::{PoolState, State};
use super::task::Task;

/// Single tasks that are not in the queue yet.
pub(crate) struct Inlet<T: Task> {
    /// No writer waits for tasks: each looks here, and closes the inlet, before it does. While it
    /// is closed, no task is here.
    pub(crate) is_open: bool,
    /// Those of blocks that are full.
    full: Batches<T>,
    /// The block of the next single tasks.
    places: Places<T, T::Output>,
}

impl<T: Task> Inlet<T> {
    pub(crate) fn new() -> Self {
        Self { is_open: false, full: Batches::new(), places: Places::new(0) }
    }

    /// Adds a task; returns the place of its outcome.
    #[inline]
    pub(crate) fn push(&mut self, task: T) -> Place<T, T::Output> {
        if self.places.is_full() {
            self.turn();
        }
        self.places.fill(task)
    }

    /// Goes on with a new block.
    #[cold]
    fn turn(&mut self) {
        self.gather();
        self.places = Places::new(Block::<T, T::Output>::MOST);
    }

    /// Adds the tasks of the block to those of the blocks that are full.
    fn gather(&mut self) {
        if self.places.filled() > 0 {
            self.full.push_back(Batch::new(self.places.part(), None));
        }
    }

    /// Returns a batch of a single task that is not added, and the place of its outcome.
    pub(crate) fn single(&mut self, task: T) -> (Batch<T>, Place<T, T::Output>) {
        // Another thread may have added some meanwhile.
        self.gather();
        let place = self.push(task);
        (Batch::new(self.places.part(), None), place)
    }
}

impl<T: Task> PoolState<T> {
    pub(crate) fn inlet(&self) -> MutexGuard<'_, Inlet<T>> {
        self.inlet.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves the tasks of the inlet to the queue. Closes the inlet if a writer that has room would
    /// wait now, or no more tasks are accepted.
    pub(crate) fn drain_inlet(&self, state: &mut State<T>) {
        let mut inlet = self.inlet();
        inlet.gather();
        let tasks = inlet.full.len();
        state.open += tasks;
        state.queue.append(&mut inlet.full);
        inlet.is_open &= !state.closed && state.broken.is_none() && state.queue.len() > 0;
        drop(inlet);
        if tasks > 0 {
            self.wake_watchdog(state);
        }
    }

    /// Queues a single task.
    pub(crate) fn push(&self, state: &mut State<T>, task: T) -> Place<T, T::Output> {
        let place = self.inlet().push(task);
        self.drain_inlet(state);
        self.wake_writer(state);
        if state.waiting.is_empty() {
            self.inlet().is_open = true;
        }
        place
    }
}
