//! A block of memory for tasks that were submitted one after the other, and for their outcomes.
//!
//! Up to 64 tasks share a block: so a task costs no allocation of its own, and a thread that has
//! many outcomes to store locks once for all. A handle locks only to wait: that an
//! outcome is there is a bit, and the [`Place`](super::place::Place) of the handle is the only one
//! that takes it.
//!
//! | state | the task is in | its cell is of | next state |
//! | --- | --- | --- | --- |
//! | open | the pool's queue | the [`Part`](super::part::Part) | sent; or over, if it is cancelled |
//! | open, and sent | a worker, and its slot's list | the `Part` | over; or not sent, if it is returned |
//! | over | no place any more | the `Place`, with the outcome; if it was cancelled, the `Part` | taken |
//! | taken | | | |
#![expect(unsafe_code, reason = "a cell is a part's, and a place's then")]

use std::collections::BTreeMap;
use std::ops::Range;
use std::panic::RefUnwindSafe;
use std::task::Waker;
use std::time::{Duration, Instant};

use super::cells::Cells;
use super::error::Error;
use super::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Relaxed, Ordering::Release};
use super::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The outcome of a task.
pub type Outcome<R> = Result<R, Error>;

/// The outcome as it is stored. The error is boxed: most tasks have none, and a result may be
/// smaller.
pub(crate) type Stored<R> = Result<R, Box<Error>>;

pub(crate) type Callback<R> = Box<dyn FnOnce(Outcome<R>) + Send>;

/// A callback with its argument.
pub(crate) type Call = Box<dyn FnOnce() + Send>;

/// What a task that is over has to wake or call.
pub(crate) enum Next<T, R> {
    Threads(Arc<Block<T, R>>),
    Wake(Waker),
    Call(Call),
}

/// Tasks that were submitted one after the other, and their outcomes.
pub(crate) struct Block<T, R> {
    /// A bit for each task that is over. It is changed with the lock alone.
    over: AtomicU64,
    /// A bit for each task that was cancelled: what is in its cell is no outcome. It is changed
    /// with the lock alone.
    cancelled: AtomicU64,
    /// A bit for each place that is of no use any more: its outcome was taken, or its handle is
    /// gone. The rest share one reference to this block.
    pub(super) taken: AtomicU64,
    states: Mutex<States<R>>,
    /// Where threads wait, each for one of the outcomes.
    ended: Condvar,
    pub(super) cells: Cells<T, Stored<R>>,
}

/// A panic leaves it whole: no code of the caller's runs with the lock.
impl<T, R> RefUnwindSafe for Block<T, R> {}

pub(super) struct States<R> {
    /// A bit for each task: a worker has it.
    sent: u64,
    /// A bit for each task: a thread waits, or has waited, for its outcome.
    pub(super) awaited: u64,
    /// A bit for each task that was not over when its handle was dropped.
    pub(super) forgotten: u64,
    /// What is to be woken or called when a task is over: mostly nothing.
    pub(super) waits: BTreeMap<usize, Waits<R>>,
}

pub(crate) enum Waits<R> {
    Waker(Waker),
    Callback(Callback<R>),
}

/// Returns a bit for each place.
pub(crate) fn bits(places: Range<usize>) -> u64 {
    match places.len() {
        0 => 0,
        count => u64::MAX >> (64 - count) << places.start,
    }
}

impl<T, R> Block<T, R> {
    /// The number of tasks that share a block: as many as it has bits, if it is not large then.
    pub(crate) const MOST: usize = {
        let most = 4096 / Cells::<T, Stored<R>>::SIZE;
        if most > 64 {
            64
        } else if most == 0 {
            1
        } else {
            most
        }
    };

    /// Returns room for this number of tasks, at most [`MOST`](Self::MOST).
    pub(crate) fn new(tasks: usize) -> Arc<Self> {
        Arc::new(Self {
            over: AtomicU64::new(0),
            cancelled: AtomicU64::new(0),
            taken: AtomicU64::new(!bits(0..tasks)),
            states: Mutex::new(States {
                sent: 0,
                awaited: 0,
                forgotten: 0,
                waits: BTreeMap::new(),
            }),
            ended: Condvar::new(),
            cells: Cells::new(tasks),
        })
    }

    /// Takes the outcome of a task.
    ///
    /// # Safety
    /// The task is over, the caller has its place, and the outcome was not taken.
    #[inline]
    pub(crate) unsafe fn take(&self, place: usize) -> Stored<R> {
        // Relaxed: what has seen that the task is over has seen this, which was before.
        if self.cancelled.load(Relaxed) & 1 << place != 0 {
            return Err(Box::new(Error::Cancelled));
        }
        // SAFETY: a task that is over, and was not cancelled, has its outcome in its cell, which is
        // the place's now.
        unsafe { self.cells.take_outcome(place) }
    }

    pub(super) fn states(&self) -> MutexGuard<'_, States<R>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks tasks as sent; returns those that were cancelled, a bit for each place.
    pub(crate) fn send(&self, places: Range<usize>) -> u64 {
        let (mut states, bits) = (self.states(), bits(places));
        states.sent |= bits;
        // Relaxed: it is changed with the lock alone.
        self.cancelled.load(Relaxed) & bits
    }

    /// Marks tasks as not sent.
    pub(crate) fn back(&self, places: Range<usize>) {
        self.states().sent &= !bits(places);
    }

    /// Returns the tasks that are over, a bit for each.
    #[inline]
    pub(super) fn over(&self) -> u64 {
        // Acquire: its partner is the Release in `end`.
        self.over.load(Acquire)
    }

    #[inline]
    pub(crate) fn is_over(&self, place: usize) -> bool {
        self.over() & 1 << place != 0
    }

    pub(crate) fn is_taken(&self, place: usize) -> bool {
        self.taken.load(Acquire) & 1 << place != 0
    }

    /// Marks tasks as over, none of which is. `states` are the block's.
    pub(super) fn end(&self, _states: &mut States<R>, bits: u64) {
        // Release: its partner is the Acquire in `is_over`.
        let before = self.over.fetch_or(bits, Release);
        assert_eq!(before & bits, 0, "each task has one outcome");
    }

    /// Ends the task if it is not over and no worker has it; returns whether it did. No thread
    /// waits for it, for the caller has the handle.
    pub(crate) fn cancel(&self, place: usize) -> bool {
        let (mut states, bit) = (self.states(), 1 << place);
        let may = !self.is_over(place) && states.sent & bit == 0;
        if may {
            // Relaxed: `end` publishes it.
            self.cancelled.fetch_or(bit, Relaxed);
            self.end(&mut states, bit);
            let before = states.waits.remove(&place);
            drop(states);
            drop(before);
        }
        may
    }

    /// Stores what waits for the end of the task; returns it if the task is over. After a callback,
    /// nothing else takes the outcome.
    pub(crate) fn wait_for(&self, place: usize, waits: Waits<R>) -> Option<Waits<R>> {
        let mut states = self.states();
        if self.is_over(place) {
            return Some(waits);
        }
        states.forgotten |= u64::from(matches!(waits, Waits::Callback(_))) << place;
        let before = states.waits.insert(place, waits);
        // Wakers are dropped without the lock: their code is the caller's.
        drop(states);
        drop(before);
        None
    }

    /// Waits for the end of the task until the deadline, if there is one; returns whether it is
    /// over.
    pub(crate) fn wait(&self, place: usize, deadline: Option<Instant>) -> bool {
        if self.is_over(place) {
            return true;
        }
        let mut states = self.states();
        while !self.is_over(place) {
            states.awaited |= 1 << place;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            states = match left {
                None => self.ended.wait(states).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return false,
                Some(left) => {
                    self.ended.wait_timeout(states, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }

    /// Wakes the threads that wait.
    pub(crate) fn wake(&self) {
        self.ended.notify_all();
    }

    /// Has the outcome dropped when it comes; returns false, and does nothing, if it is here.
    /// Returns what waits for it as well: the caller's code, to be dropped last.
    pub(crate) fn forget(&self, place: usize) -> (bool, Option<Waits<R>>) {
        let mut states = self.states();
        let forgets = !self.is_over(place);
        states.forgotten |= u64::from(forgets) << place;
        (forgets, states.waits.remove(&place))
    }
}
