//! The places of a block, one for each handle.
//!
//! On an Intel Xeon, an atomic operation is 7 ns, and a task of many in flight takes about 60. So
//! the handles of a block are not counted one by one, as clones of an `Arc` are: all places share
//! one reference to the block from the beginning, and the one that is given up last drops it.
#![expect(unsafe_code, reason = "the places of a block share one reference to it")]

use std::mem::ManuallyDrop;
use std::ops::Range;
use std::ptr::NonNull;
use std::task::Waker;
use std::time::Instant;

use super::block::{Block, Call, Callback, Stored, Waits, bits};
use super::part::Part;
use super::sync::Arc;
use super::sync::atomic::Ordering::AcqRel;

/// The places of a block that no handle has yet, and the cells that no [`Part`] has.
pub(crate) struct Places<T, R> {
    block: Arc<Block<T, R>>,
    /// The cells with tasks.
    filled: Range<usize>,
}

impl<T, R> Places<T, R> {
    /// Returns the places of a new block for this number of tasks, at most [`MOST`](Block::MOST).
    pub(crate) fn new(tasks: usize) -> Self {
        let block = Block::new(tasks);
        if tasks > 0 {
            // The place that is released last drops it.
            std::mem::forget(Arc::clone(&block));
        }
        Self { block, filled: 0..0 }
    }

    pub(crate) fn is_full(&self) -> bool {
        self.filled.end == self.block.cells.len()
    }

    /// Puts a task into the next cell, which there is; returns its place.
    #[inline]
    pub(crate) fn fill(&mut self, task: T) -> Place<T, R> {
        let place = self.filled.end;
        // SAFETY: this cell, and all behind it, are no part's yet, and empty. If there is none, it
        // panics.
        unsafe { self.block.cells.put(place, task) };
        self.filled.end += 1;
        Place { block: self.pointer(), place: place as u8, is_sole: false }
    }

    /// Returns the tasks that were put here since the last call.
    pub(crate) fn part(&mut self) -> Part<T, R> {
        let filled = self.filled.clone();
        self.filled.start = filled.end;
        // SAFETY: each of these cells has a task, and is no longer owned here.
        unsafe { Part::of(Arc::clone(&self.block), filled) }
    }

    pub(crate) fn filled(&self) -> usize {
        self.filled.len()
    }

    fn pointer(&self) -> NonNull<Block<T, R>> {
        NonNull::new(Arc::as_ptr(&self.block).cast_mut()).expect("an Arc points to something")
    }
}

impl<T, R> Drop for Places<T, R> {
    fn drop(&mut self) {
        drop(self.part());
        if !self.is_full() {
            // SAFETY: these places are no handle's, and will be none's.
            unsafe { release(self.pointer(), bits(self.filled.end..self.block.cells.len())) };
        }
    }
}

/// Marks places as taken, and drops the reference that the places share with the last one.
///
/// # Safety
/// They are places of this block, were not marked before, and are not used again.
unsafe fn release<T, R>(block: NonNull<Block<T, R>>, places: u64) {
    // SAFETY: the block is there as long as one of its places is not marked, so until the addition.
    // After that another thread may free it, before this one has returned from the call. So only an
    // atomic is borrowed: rustc relies on a reference to the whole for as long as a call lasts.
    let taken = unsafe { &(*block.as_ptr()).taken };
    // Release: what was done with the block was done before it is freed. Acquire: it is freed by
    // what comes last. Each bit is added once.
    if taken.fetch_add(places, AcqRel) + places == u64::MAX {
        // SAFETY: the pointer comes from an `Arc`, whose reference for all places `Places::new` has
        // forgotten. This was the last place, so nothing else uses or drops that reference.
        drop(unsafe { Arc::from_raw(block.as_ptr()) });
    }
}

/// The place of a task's outcome, which nothing else takes. Two words, which are returned in
/// registers, as more of them are not.
pub(crate) struct Place<T, R> {
    block: NonNull<Block<T, R>>,
    place: u8,
    /// The task was sent while the pool had no other.
    pub(crate) is_sole: bool,
}

// SAFETY: it is a shared reference to the block, which is `Sync` under these bounds, and the way to
// one outcome.
unsafe impl<T: Send + Sync, R: Send> Send for Place<T, R> {}
// SAFETY: by a shared place, no outcome can be reached.
unsafe impl<T: Send + Sync, R: Send> Sync for Place<T, R> {}

impl<T, R> Place<T, R> {
    fn block(&self) -> &Block<T, R> {
        // SAFETY: the block is there as long as this place is not marked as taken.
        unsafe { self.block.as_ref() }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.block().is_over(self.place.into())
    }

    /// Cancels the task if no worker has it; returns whether it did.
    pub(crate) fn cancel(&self) -> bool {
        self.block().cancel(self.place.into())
    }

    /// Waits for the end of the task until the deadline, if there is one.
    pub(crate) fn wait(&self, deadline: Option<Instant>) {
        self.block().wait(self.place.into(), deadline);
    }

    /// Has the waker woken once: at the end of the task, or now if that is over.
    pub(crate) fn wake(&self, waker: Waker) {
        let late = self.block().wait_for(self.place.into(), Waits::Waker(waker));
        if let Some(Waits::Waker(waker)) = late {
            waker.wake();
        }
    }

    /// Has the callback called with the outcome; returns it with that if the task is over.
    pub(crate) fn call(self, callback: Callback<R>) -> Option<Call>
    where
        R: Send + 'static,
    {
        match self.block().wait_for(self.place.into(), Waits::Callback(callback)) {
            Some(Waits::Callback(callback)) => {
                // SAFETY: the task is over.
                let outcome = unsafe { self.into_outcome() };
                Some(Box::new(move || callback(outcome.map_err(|error| *error))))
            }
            _ => {
                self.leave();
                None
            }
        }
    }

    /// Gives the place up, and what is there with it.
    fn leave(self) {
        let this = ManuallyDrop::new(self);
        // SAFETY: this place is not used again, for `drop` is not called.
        unsafe { release(this.block, 1 << this.place) };
    }

    /// Takes the outcome, and the place itself, if the task is over.
    #[inline]
    pub(crate) fn take(here: &mut Option<Self>) -> Option<Stored<R>> {
        // SAFETY: the task is over.
        here.take_if(|place| place.is_over()).map(|place| unsafe { place.into_outcome() })
    }

    /// Returns the outcome of a task.
    ///
    /// # Safety
    /// The task is over.
    #[inline]
    unsafe fn into_outcome(self) -> Stored<R> {
        // SAFETY: it is over; the outcome was not taken, for that takes the place.
        let outcome = unsafe { self.block().take(self.place.into()) };
        self.leave();
        outcome
    }
}

impl<T, R> Drop for Place<T, R> {
    fn drop(&mut self) {
        let (forgets, _waits) = self.block().forget(self.place.into());
        // SAFETY: what is not forgotten is over, and was not taken, for that takes the place.
        let _outcome = (!forgets).then(|| unsafe { self.block().take(self.place.into()) });
        // SAFETY: the place is not used again.
        unsafe { release(self.block, 1 << self.place) };
        // What there is of the two is dropped last, for it is the caller's, and may panic. There is
        // one at most: nothing waits for a task that is over.
    }
}
