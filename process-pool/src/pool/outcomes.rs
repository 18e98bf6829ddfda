//! Where the outcomes of tasks are stored, for their handles to take.
//!
//! Tasks that are submitted one after the other share a block of memory, up to 64 of them: so a
//! task costs no allocation of its own, and a thread that has many outcomes to store locks once for
//! all. A handle locks only to wait: that an outcome is there is a bit, and the [`Place`] of the
//! handle is the only one that takes it.
//!
//! | state | the task is in | next state |
//! | --- | --- | --- |
//! | open | the pool's queue | sent; or over, if it is cancelled |
//! | open, and sent | a worker, and its slot's list | over; or not sent, if it is returned |
//! | over | no place any more; its outcome is here | taken |
//! | taken | | |
#![expect(unsafe_code, reason = "an outcome is written under a lock, and taken without one")]

use std::collections::BTreeMap;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::panic::RefUnwindSafe;
use std::task::Waker;
use std::time::{Duration, Instant};

use super::cell::UnsafeCell;
use super::error::Error;
use super::protocol::catch_panic;
use super::sync::atomic::{AtomicU64, Ordering::AcqRel, Ordering::Acquire, Ordering::Release};
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
pub(crate) enum Next<R> {
    Threads(Arc<Outcomes<R>>),
    Wake(Waker),
    Call(Call),
}

/// The outcomes of tasks that were submitted one after the other.
pub(crate) struct Outcomes<R> {
    /// A bit for each task that is over. It is changed with the lock alone.
    over: AtomicU64,
    /// A bit for each place that is of no use any more: its outcome was taken, or its handle is
    /// gone. The rest share one reference to this block.
    taken: AtomicU64,
    states: Mutex<States<R>>,
    /// Where threads wait, each for one of them.
    ended: Condvar,
    /// What is written with the lock while the task is not over, and is the [`Place`]'s then.
    stored: Box<[UnsafeCell<MaybeUninit<Stored<R>>>]>,
}

// SAFETY: an outcome is moved from the thread that stores it to the one that takes it, so it has to
// be `Send`; no two threads have a reference to one.
unsafe impl<R: Send> Sync for Outcomes<R> {}
/// A panic leaves it whole: no code of the caller's runs with the lock.
impl<R> RefUnwindSafe for Outcomes<R> {}

struct States<R> {
    /// A bit for each task: a worker has it.
    sent: u64,
    /// A bit for each task: it was cancelled.
    cancelled: u64,
    /// A bit for each task: a thread waits, or has waited, for its outcome.
    awaited: u64,
    /// A bit for each task that was not over when its handle was dropped.
    forgotten: u64,
    /// What is to be woken or called when a task is over: mostly nothing.
    waits: BTreeMap<usize, Waits<R>>,
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

impl<R> Outcomes<R> {
    /// The number of tasks that share a block: as many as it has bits, if it is not large then.
    pub(crate) const MOST: usize = {
        let most = 4096 / size_of::<Stored<R>>();
        if most > 64 {
            64
        } else if most == 0 {
            1
        } else {
            most
        }
    };

    /// Returns room for the outcomes of this number of tasks, at most [`MOST`](Self::MOST).
    pub(crate) fn new(tasks: usize) -> Arc<Self> {
        Arc::new(Self {
            over: AtomicU64::new(0),
            taken: AtomicU64::new(!bits(0..tasks)),
            states: Mutex::new(States {
                sent: 0,
                cancelled: 0,
                awaited: 0,
                forgotten: 0,
                waits: BTreeMap::new(),
            }),
            ended: Condvar::new(),
            stored: (0..tasks).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect(),
        })
    }

    fn states(&self) -> MutexGuard<'_, States<R>> {
        self.states.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Marks tasks as sent; returns those that were cancelled, a bit for each place.
    pub(crate) fn send(&self, places: Range<usize>) -> u64 {
        let (mut states, bits) = (self.states(), bits(places));
        states.sent |= bits;
        states.cancelled & bits
    }

    /// Marks tasks as not sent.
    pub(crate) fn back(&self, places: Range<usize>) {
        self.states().sent &= !bits(places);
    }

    pub(crate) fn is_over(&self, place: usize) -> bool {
        // Acquire: its partner is the Release in `store`.
        self.over.load(Acquire) & 1 << place != 0
    }

    pub(crate) fn is_taken(&self, place: usize) -> bool {
        self.taken.load(Acquire) & 1 << place != 0
    }

    /// Stores the outcomes of tasks from this place on, none of which is over.
    fn store(&self, _: &mut States<R>, first: usize, outcomes: Vec<Stored<R>>) {
        let bits = bits(first..first + outcomes.len());
        // Acquire is for `is_over`: here, `over` is changed by this thread alone.
        assert_eq!(self.over.load(Acquire) & bits, 0, "each task has one outcome");
        for (place, outcome) in self.stored[first..].iter().zip(outcomes) {
            // SAFETY: the task is not over, so no `Place` touches this memory; and no other thread
            // does, for this one has the states, which are behind the lock.
            place.with_mut(|place| unsafe { (*place).write(outcome) });
        }
        // Release: its partner is the Acquire in `is_over`.
        self.over.fetch_or(bits, Release);
    }

    /// Takes the outcome of a task.
    ///
    /// # Safety
    /// The task is over, and its outcome was not taken.
    pub(crate) unsafe fn take(&self, place: usize) -> Stored<R> {
        // SAFETY: it was stored before the task was over, and nothing else reads it.
        self.stored[place].with(|place| unsafe { (*place).assume_init_read() })
    }

    /// Marks places as taken; returns whether all are.
    pub(crate) fn release(&self, bits: u64) -> bool {
        // Release: what was done with the block was done before it is freed. Acquire: it is freed
        // by what comes last. Each bit is added once.
        self.taken.fetch_add(bits, AcqRel) + bits == u64::MAX
    }

    /// Ends the task if it is not over and no worker has it; returns whether it did. No thread
    /// waits for it, for the caller has the handle.
    pub(crate) fn cancel(&self, place: usize) -> bool {
        let (mut states, bit) = (self.states(), 1 << place);
        let may = !self.is_over(place) && states.sent & bit == 0;
        if may {
            states.cancelled |= bit;
            self.store(&mut states, place, vec![Err(Box::new(Error::Cancelled))]);
            let before = states.waits.remove(&place);
            drop(states);
            drop(before);
        }
        may
    }

    /// Ends tasks from this place on, those that are not over; adds what their ends have to wake or
    /// call.
    pub(crate) fn end(
        block: &Arc<Self>,
        first: usize,
        ends: Vec<Stored<R>>,
        next: &mut Vec<Next<R>>,
    ) where
        R: Send + 'static,
    {
        let mut states = block.states();
        let bits = bits(first..first + ends.len());
        if states.awaited & bits != 0 {
            next.push(Next::Threads(Arc::clone(block)));
        }
        // Acquire is not needed: it is changed with the lock alone.
        if (block.over.load(Acquire) | states.forgotten) & bits == 0 && states.waits.is_empty() {
            return block.store(&mut states, first, ends);
        }
        let mut refused = Vec::new();
        for (place, end) in (first..).zip(ends) {
            match states.waits.remove(&place) {
                Some(Waits::Callback(callback)) => next.push(Next::Call(Box::new(move || {
                    callback(end.map_err(|error| *error));
                }))),
                _ if block.is_over(place) || states.forgotten & 1 << place != 0 => {
                    refused.push(end);
                }
                waits => {
                    block.store(&mut states, place, vec![end]);
                    if let Some(Waits::Waker(waker)) = waits {
                        next.push(Next::Wake(waker));
                    }
                }
            }
        }
        drop(states);
        // Results are the caller's types: the panic of a drop ends no thread of the pool.
        refused.into_iter().for_each(|end| drop(catch_panic(|| drop(end))));
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
    pub(crate) fn forget(&self, place: usize) -> bool {
        let mut states = self.states();
        let forgets = !self.is_over(place);
        states.forgotten |= u64::from(forgets) << place;
        let before = states.waits.remove(&place);
        drop(states);
        drop(before);
        forgets
    }
}
