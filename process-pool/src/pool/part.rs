//! A part of a block: tasks on their way through the pool, and then their outcomes.
#![expect(unsafe_code, reason = "a part owns the cells of its tasks")]

use std::ops::Range;

use super::block::{Block, Next, Stored, Waits, bits};
use super::protocol::catch_panic;
use super::sync::Arc;

/// Tasks in consecutive cells of a block, and outcomes in the cells before them. It owns all of
/// these cells.
pub(crate) struct Part<T, R> {
    block: Arc<Block<T, R>>,
    /// The first place. From here on, cells have outcomes.
    first: usize,
    /// The places of the tasks.
    tasks: Range<usize>,
}

impl<T, R> Part<T, R> {
    /// Returns a part that owns these cells.
    ///
    /// # Safety
    /// There is a task in each of them, and nothing else owns it.
    pub(super) unsafe fn of(block: Arc<Block<T, R>>, tasks: Range<usize>) -> Self {
        Self { block, first: tasks.start, tasks }
    }

    /// Returns the block, and the place of the first task.
    pub(crate) fn place(&self) -> (&Arc<Block<T, R>>, usize) {
        (&self.block, self.tasks.start)
    }

    /// Returns the number of the tasks.
    pub(crate) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Returns the number of the outcomes.
    pub(crate) fn ended(&self) -> usize {
        self.tasks.start - self.first
    }

    #[inline]
    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        let place = self.tasks.start + index;
        // SAFETY: there is a task in the cell, which is replaced by `&mut self` alone.
        (place < self.tasks.end).then(|| unsafe { self.block.cells.task(place) })
    }

    /// Takes the first `count` tasks out; there are as many.
    pub(crate) fn split(&mut self, count: usize) -> Self {
        let first = self.tasks.start..self.tasks.start + count;
        assert!(first.end <= self.tasks.end && self.ended() == 0);
        (self.first, self.tasks.start) = (first.end, first.end);
        Self { block: Arc::clone(&self.block), first: first.start, tasks: first }
    }

    /// Marks the tasks as sent; returns which ones were cancelled: a bit for each, the lowest for
    /// the first task.
    pub(crate) fn send(&self) -> u64 {
        self.block.send(self.tasks.clone()) >> self.tasks.start
    }

    /// Marks the tasks as queued again.
    pub(crate) fn back(&self) {
        self.block.back(self.tasks.clone());
    }

    /// Replaces the first task by its outcome.
    #[inline]
    pub(crate) fn end_first(&mut self, outcome: Stored<R>) {
        let place = self.tasks.next().expect("there is a task");
        // SAFETY: the cell is this part's, and has a task, which no other part of this crate
        // reaches from now on.
        let task =
            std::mem::needs_drop::<T>().then(|| unsafe { self.block.cells.take_task(place) });
        // SAFETY: the cell is this part's, and its task was taken or needs no drop.
        unsafe { self.block.cells.put_outcome(place, outcome) };
        drop_all(task);
    }

    /// Replaces each task by its outcome.
    #[inline]
    pub(crate) fn end_all(&mut self, mut outcome: impl FnMut(&T) -> Stored<R>) {
        while let Some(task) = self.get(0) {
            let outcome = outcome(task);
            self.end_first(outcome);
        }
    }

    /// Ends the tasks that were replaced by their outcomes, those that are not over; adds what
    /// their ends have to wake or call.
    pub(crate) fn publish(self, next: &mut Vec<Next<T, R>>)
    where
        R: Send + 'static,
    {
        let places = self.first..self.tasks.start;
        let bits = bits(places.clone());
        let mut states = self.block.states();
        if states.awaited & bits != 0 {
            next.push(Next::Threads(Arc::clone(&self.block)));
        }
        let refused = (self.block.over() | states.forgotten) & bits;
        if refused == 0 && states.waits.is_empty() {
            return self.block.end(&mut states, bits);
        }
        // SAFETY: the cell is this part's as long as its task is not over, or if it was cancelled.
        let take = |place| unsafe { self.block.cells.take_outcome(place) };
        let (mut over, mut dropped) = (0, Vec::new());
        for place in places {
            match states.waits.remove(&place) {
                Some(Waits::Callback(callback)) => {
                    let outcome = take(place);
                    next.push(Next::Call(Box::new(move || {
                        callback(outcome.map_err(|error| *error));
                    })));
                }
                _ if refused & 1 << place != 0 => dropped.push(take(place)),
                waits => {
                    over |= 1 << place;
                    if let Some(Waits::Waker(waker)) = waits {
                        next.push(Next::Wake(waker));
                    }
                }
            }
        }
        self.block.end(&mut states, over);
        drop(states);
        drop_all(dropped);
    }
}

impl<T, R> Drop for Part<T, R> {
    fn drop(&mut self) {
        if std::mem::needs_drop::<T>() {
            // SAFETY: the cell is this part's, and nothing uses its task after this.
            drop_all(self.tasks.clone().map(|place| unsafe { self.block.cells.take_task(place) }));
        }
    }
}

/// Drops each by itself: they are of the caller's types, whose drop may panic.
fn drop_all<V>(all: impl IntoIterator<Item = V>) {
    all.into_iter().for_each(|one| drop(catch_panic(|| drop(one))));
}
