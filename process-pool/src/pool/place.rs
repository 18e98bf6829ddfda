//! The places of a block of outcomes, one for each handle.
//!
//! An atomic operation is 7 ns, and a task of many in flight takes about 80. So the handles of a
//! block are not counted one by one, as clones of an `Arc` are: all places share one reference to
//! the block from the beginning, and the one that is given up last drops it.
#![expect(unsafe_code, reason = "the places of a block share one reference to it")]

use std::mem::ManuallyDrop;
use std::ops::Range;
use std::ptr::NonNull;
use std::task::Waker;
use std::time::Instant;

use super::outcomes::{Call, Callback, Outcomes, Stored, Waits, bits};
use super::sync::Arc;

/// The places of a block that no handle has yet.
pub(crate) struct Places<R> {
    outcomes: Arc<Outcomes<R>>,
    left: Range<usize>,
}

impl<R> Places<R> {
    /// Returns the places of a new block for this number of tasks, at most
    /// [`MOST`](Outcomes::MOST).
    pub(crate) fn new(tasks: usize) -> Self {
        let outcomes = Outcomes::new(tasks);
        if tasks > 0 {
            // The place that is released last drops it.
            std::mem::forget(Arc::clone(&outcomes));
        }
        Self { outcomes, left: 0..tasks }
    }

    /// Returns the block, and the number of the place that `next` has returned last.
    pub(crate) fn given(&self) -> (&Arc<Outcomes<R>>, usize) {
        (&self.outcomes, self.left.start - 1)
    }

    fn pointer(&self) -> NonNull<Outcomes<R>> {
        NonNull::new(Arc::as_ptr(&self.outcomes).cast_mut()).expect("an Arc points to something")
    }
}

impl<R> Iterator for Places<R> {
    type Item = Place<R>;

    #[inline]
    fn next(&mut self) -> Option<Place<R>> {
        let place = self.left.next()? as u8;
        Some(Place { outcomes: self.pointer(), place, is_sole: false })
    }
}

impl<R> Drop for Places<R> {
    fn drop(&mut self) {
        if !self.left.is_empty() {
            // SAFETY: these places are no handle's, and will be none's.
            unsafe { release(self.pointer(), bits(self.left.clone())) };
        }
    }
}

/// Marks places as taken, and drops the reference that the places share with the last one.
///
/// # Safety
/// They are places of this block, were not marked before, and are not used again.
unsafe fn release<R>(outcomes: NonNull<Outcomes<R>>, places: u64) {
    // SAFETY: the block is there as long as one of its places is not marked.
    if unsafe { outcomes.as_ref() }.release(places) {
        // SAFETY: the pointer comes from an `Arc`, whose reference for all places `Places::new` has
        // forgotten. This was the last place, so nothing else uses or drops that reference.
        drop(unsafe { Arc::from_raw(outcomes.as_ptr()) });
    }
}

/// The place of a task's outcome, which nothing else takes. Two words, which are returned in
/// registers, as more of them are not.
pub(crate) struct Place<R> {
    outcomes: NonNull<Outcomes<R>>,
    place: u8,
    /// The task was sent while the pool had no other.
    pub(crate) is_sole: bool,
}

// SAFETY: it is a shared reference to the block, which is `Sync` if outcomes are `Send`, and the
// way to one of them.
unsafe impl<R: Send> Send for Place<R> {}
// SAFETY: by a shared place, no outcome can be reached.
unsafe impl<R: Send> Sync for Place<R> {}

impl<R> Place<R> {
    fn outcomes(&self) -> &Outcomes<R> {
        // SAFETY: the block is there as long as this place is not marked as taken.
        unsafe { self.outcomes.as_ref() }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.outcomes().is_over(self.place.into())
    }

    /// Cancels the task if no worker has it; returns whether it did.
    pub(crate) fn cancel(&self) -> bool {
        self.outcomes().cancel(self.place.into())
    }

    /// Waits for the end of the task until the deadline, if there is one.
    pub(crate) fn wait(&self, deadline: Option<Instant>) {
        self.outcomes().wait(self.place.into(), deadline);
    }

    /// Has the waker woken at the end of the task, if that is not over.
    pub(crate) fn wake(&self, waker: Waker) {
        drop(self.outcomes().wait_for(self.place.into(), Waits::Waker(waker)));
    }

    /// Has the callback called with the outcome; returns it with that if the task is over.
    pub(crate) fn call(self, callback: Callback<R>) -> Option<Call>
    where
        R: Send + 'static,
    {
        match self.outcomes().wait_for(self.place.into(), Waits::Callback(callback)) {
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
        unsafe { release(this.outcomes, 1 << this.place) };
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
        let outcome = unsafe { self.outcomes().take(self.place.into()) };
        self.leave();
        outcome
    }
}

impl<R> Drop for Place<R> {
    fn drop(&mut self) {
        let forgets = self.outcomes().forget(self.place.into());
        // SAFETY: what is not forgotten is over, and was not taken, for that takes the place.
        let outcome = (!forgets).then(|| unsafe { self.outcomes().take(self.place.into()) });
        // SAFETY: the place is not used again.
        unsafe { release(self.outcomes, 1 << self.place) };
        // Last, for it is of the caller's type, and may panic.
        drop(outcome);
    }
}
