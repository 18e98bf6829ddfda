//! A task between its two ends, the job in a queue and the handle: the work until it begins, then
//! what came of it, and who is told.
//!
//! One word says whose the slot is. Its bits are only ever set:
//!
//! | bits | in the slot | who may touch it |
//! | --- | --- | --- |
//! | none | the work | nobody, until he has set `BEGUN`: a worker, who cancels, or who drops the job |
//! | `BEGUN` | the work, then what came of it | who has set `BEGUN` |
//! | `BEGUN`, `DONE` | what came of it, until it is taken | the handle |
//!
//! Three more make the end cost something only where somebody cares. `LISTENED`: there is somebody
//! in the list of those who are to be told. `UNSEEN`: the handle was dropped before `DONE`.
//! `PANICKED`, set together with `DONE`: what came of it is a panic. The thread that ends the task
//! tries to go from `BEGUN` alone to `BEGUN`, `DONE`; only if that fails does it look further. So a
//! task whose result nobody waits for yet takes no lock and makes no system call: one allocation,
//! two exchanges.
//!
//! A panic that the handle never took is told once: by the thread that ends the task, if it finds
//! `UNSEEN`, else by the one that drops the handle, which finds `DONE` then.
//!
//! # Memory ordering
//! `DONE` is set with Release, after the outcome was written; its partners are the Acquire of
//! [`Task::take`] and of [`Task::nobody_asks`]. The other bits are Relaxed: the work was written
//! before the job and the handle were handed to anybody, and the list has a lock of its own.
//!
//! Compiled on std's types here, and on Loom's in the tests.
#![expect(unsafe_code, reason = "the slot belongs to one thread after the other, as the bits say")]

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

use super::cell::UnsafeCell;
use super::outcome::{Outcome, Payload, TaskError, go_on};
use super::runner::{self, OnPanic};
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::{Mutex, MutexGuard, PoisonError};

const BEGUN: u32 = 1;
const DONE: u32 = 2;
const LISTENED: u32 = 4;
const UNSEEN: u32 = 8;
const PANICKED: u32 = 16;

/// Holds a task, and what came of it.
pub(crate) struct Task<F, T> {
    state: AtomicU32,
    slot: UnsafeCell<Slot<F, T>>,
    /// In a box of their own, which most tasks never need: a smaller task fits a cache better.
    listeners: Mutex<Option<Box<Listeners<T>>>>,
}

enum Slot<F, T> {
    Work(F),
    Outcome(Outcome<T>),
    /// The work is being done, or what came of it was taken.
    Empty,
}

/// Those who are to be told of the end.
struct Listeners<T> {
    callbacks: Vec<Callback<T>>,
    /// Of the thread, or the async task, that waits with the handle; there is one handle.
    waker: Option<Waker>,
    /// Of the pool that ran the task, if it has panicked.
    on_panic: Option<OnPanic>,
}

/// What is called with what came of a task.
pub(crate) type Callback<T> = Box<dyn FnOnce(&Outcome<T>) + Send>;

// SAFETY: the slot is what is not Sync by itself. As the table says, one thread at a time touches
// it, and what is in it goes from thread to thread, which both may (`Send`); a callback looks at
// the outcome on the thread whose the slot is.
unsafe impl<F: Send, T: Send> Sync for Task<F, T> {}

impl<F, T> Task<F, T> {
    /// Makes a task that nobody has begun.
    pub(crate) fn new(work: F) -> Self {
        let slot = UnsafeCell::new(Slot::Work(work));
        Self { state: AtomicU32::new(0), slot, listeners: Mutex::new(None) }
    }

    /// Does the work, if nobody has begun.
    ///
    /// # Panics
    /// If a callback does, or if the work does and nobody is there to see it: the handle was
    /// dropped.
    pub(crate) fn run(&self)
    where
        F: FnOnce() -> T,
    {
        if let Some(work) = self.begin() {
            self.finish(catch_unwind(AssertUnwindSafe(work)).map_err(TaskError::Panicked));
        }
    }

    /// Ends the task without doing the work, for the reason given, if nobody has begun; says
    /// whether it did.
    ///
    /// # Panics
    /// If a callback does, or what the work holds as it is dropped.
    pub(crate) fn give_up(&self, why: TaskError) -> bool {
        // Who drops a job that was run comes here, and most jobs are run: a look costs less than an
        // exchange.
        if self.state.load(Relaxed) & BEGUN != 0 {
            return false;
        }
        let Some(work) = self.begin() else { return false };
        self.end_unrun(work, why);
        true
    }

    /// Drops the work, and then ends the task: what the work holds is gone when the end is known.
    #[cold]
    fn end_unrun(&self, work: F, why: TaskError) {
        let mut panic = None;
        caught(&mut panic, || drop(work));
        caught(&mut panic, || self.finish(Err(why)));
        go_on(panic);
    }

    /// Says whether it is over.
    pub(crate) fn is_done(&self) -> bool {
        self.state.load(Relaxed) & DONE != 0
    }

    /// Takes what came of it; `None` if it is not over.
    ///
    /// # Safety
    /// Only the one handle may, from one thread at a time.
    ///
    /// # Panics
    /// If it was taken before.
    pub(crate) unsafe fn take(&self) -> Option<Outcome<T>> {
        if self.state.load(Acquire) & DONE == 0 {
            return None;
        }
        // SAFETY: it is done, and who calls speaks for the handle.
        match unsafe { self.replace(Slot::Empty) } {
            Slot::Outcome(outcome) => Some(outcome),
            _ => panic!("what came of the task was taken before"),
        }
    }

    /// Sees to it that the waker is woken when the task is over; `false` if it is over, and the
    /// waker will not be woken.
    pub(crate) fn wake_when_done(&self, waker: &Waker) -> bool {
        // The caller's code, which may panic or come back here, is called without the lock.
        let waker = waker.clone();
        let mut listeners = self.lock();
        // Under the lock: a thread that fails to end the task because of this bit waits for the
        // lock, and then sees what is put into the list.
        if self.state.fetch_or(LISTENED, Relaxed) & DONE != 0 {
            return false;
        }
        let before = listeners.get_or_insert_default().waker.replace(waker);
        drop(listeners);
        drop(before);
        true
    }

    /// Sees to it that the callback is called at the end; or calls it here and now, if it is over.
    ///
    /// # Safety
    /// As for [`take`](Self::take).
    ///
    /// # Panics
    /// If what came of it was taken before, or if the callback does, here and now.
    pub(crate) unsafe fn call_when_done(&self, callback: Callback<T>) {
        let mut listeners = self.lock();
        if self.state.fetch_or(LISTENED, Acquire) & DONE == 0 {
            listeners.get_or_insert_default().callbacks.push(callback);
        } else {
            drop(listeners);
            // SAFETY: it is done, and who calls speaks for the handle.
            unsafe { self.show(callback) };
        }
    }

    /// Is called once, as the handle is dropped. Tells the panic handler of a panic that nobody has
    /// seen.
    pub(crate) fn nobody_asks(&self) {
        let mut state = self.state.load(Acquire);
        if state & DONE == 0 {
            // One of the two, this thread and the one that ends the task, comes second and sees the
            // other's bit.
            state = self.state.fetch_or(UNSEEN, Acquire);
        }
        if state & PANICKED != 0 {
            self.tell_unseen();
        }
    }

    #[cold]
    fn tell_unseen(&self) {
        // SAFETY: it is done, and the slot's owner, the handle, is being dropped.
        let Some(panic) = unseen(unsafe { self.replace(Slot::Empty) }) else { return };
        let on_panic = self.lock().as_mut().and_then(|listeners| listeners.on_panic.take());
        runner::tell(&on_panic, panic);
        runner::discard(on_panic);
    }

    /// Takes the work, if nobody has.
    fn begin(&self) -> Option<F> {
        if self.state.fetch_or(BEGUN, Relaxed) & BEGUN != 0 {
            return None;
        }
        // SAFETY: the slot is this thread's from the moment it has set `BEGUN`, until it sets
        // `DONE`.
        match unsafe { self.replace(Slot::Empty) } {
            Slot::Work(work) => Some(work),
            _ => unreachable!("whoever sets BEGUN finds the work"),
        }
    }

    /// Brings what came of the work. By the thread that has begun it, and once.
    // Out of line, the outcome would be copied once more: a tenth of the price of a submit and a wait.
    #[inline(always)]
    fn finish(&self, outcome: Outcome<T>) {
        let panicked = matches!(outcome, Err(TaskError::Panicked(_)));
        let over = if panicked { self.has_panicked() } else { DONE };
        // SAFETY: as in `begin`.
        drop(unsafe { self.replace(Slot::Outcome(outcome)) });
        if self.state.compare_exchange(BEGUN, BEGUN | over, Release, Relaxed).is_err() {
            self.tell(over);
        }
    }

    /// Keeps the pool's panic handler, for a panic that the handle may never take.
    #[cold]
    #[inline(never)]
    fn has_panicked(&self) -> u32 {
        if let Some(on_panic) = runner::handler() {
            self.lock().get_or_insert_default().on_panic = Some(on_panic);
        }
        DONE | PANICKED
    }

    /// Ends a task whose end somebody cares about: the callbacks come first, for after `DONE` the
    /// outcome may be taken away.
    #[cold]
    fn tell(&self, over: u32) {
        let mut panic = None;
        let (waker, before) = loop {
            let mut listeners = self.lock();
            let callbacks =
                listeners.as_mut().map(|of| mem::take(&mut of.callbacks)).unwrap_or_default();
            if callbacks.is_empty() {
                let waker = listeners.as_mut().and_then(|listeners| listeners.waker.take());
                // Under the lock: a callback that is set after this will see `DONE`.
                break (waker, self.state.fetch_or(over, Release));
            }
            drop(listeners);
            for callback in callbacks {
                // SAFETY: as in `begin`.
                caught(&mut panic, || unsafe { self.show(callback) });
            }
        };
        if before & UNSEEN != 0 {
            // SAFETY: it is done, and the handle, which alone could touch the slot now, is gone.
            let slot = unsafe { self.replace(Slot::Empty) };
            caught(&mut panic, || go_on(unseen(slot)));
        }
        if let Some(waker) = waker {
            caught(&mut panic, || waker.wake());
        }
        go_on(panic);
    }

    /// Shows what came of the task to a callback.
    ///
    /// # Safety
    /// As for [`replace`](Self::replace).
    unsafe fn show(&self, callback: Callback<T>) {
        // SAFETY: the pointer is the cell's own, and nobody else touches it meanwhile, as who calls
        // promises.
        self.slot.with_mut(|slot| match unsafe { &*slot } {
            Slot::Outcome(outcome) => callback(outcome),
            _ => panic!("what came of the task was taken before"),
        });
    }

    /// Puts something into the slot, and returns what was there.
    ///
    /// # Safety
    /// The slot must be the caller's, as the table in the file's head says.
    unsafe fn replace(&self, with: Slot<F, T>) -> Slot<F, T> {
        // SAFETY: the pointer is the cell's own, and nobody else touches it meanwhile, as who calls
        // promises.
        self.slot.with_mut(|slot| mem::replace(unsafe { &mut *slot }, with))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<Listeners<T>>>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls something of the caller's. Keeps the first of several panics, and tells the pool's panic
/// handler of the others.
fn caught(first: &mut Option<Payload>, call: impl FnOnce()) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(call)) else { return };
    match first {
        None => *first = Some(panic),
        Some(_) => runner::tell(&runner::handler(), panic),
    }
}

/// Returns the panic that nobody will see.
fn unseen<F, T>(slot: Slot<F, T>) -> Option<Payload> {
    match slot {
        Slot::Outcome(Err(TaskError::Panicked(payload))) => Some(payload),
        _ => None,
    }
}

// Derived, it would ask for a default of `T`.
impl<T> Default for Listeners<T> {
    fn default() -> Self {
        Self { callbacks: Vec::new(), waker: None, on_panic: None }
    }
}
