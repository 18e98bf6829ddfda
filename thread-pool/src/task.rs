//! A task between its two ends, the job in a queue and the handle: the work until it begins, then what came of it, and who is told.
//!
//! One word says whose the slot is. Its bits are only ever set:
//!
//! | bits | in the slot | who may touch it |
//! | --- | --- | --- |
//! | none | the work | nobody, until he has set `BEGUN`: a worker, who cancels, or who drops the job |
//! | `BEGUN` | the work, then what came of it | who has set `BEGUN` |
//! | `BEGUN`, `DONE` | what came of it, until it is taken | the handle |
//!
//! Two more make the end cost something only where somebody cares. `LISTENED`: there is somebody in the list of those who are to be told.
//! `UNSEEN`: the handle was dropped. Who ends the task tries to go from `BEGUN` alone to `BEGUN`, `DONE`; only if that fails does he
//! look further. So a task whose result nobody waits for yet takes no lock and makes no system call: one allocation, two exchanges.
//!
//! # Memory ordering
//! `DONE` is set with Release, after the outcome was written; its partner is the Acquire load of [`Task::take`]. The other bits are
//! Relaxed: the work was written before the job and the handle were handed to anybody, and the list has a lock of its own.
//!
//! Compiled on std's types here, and on Loom's in the tests.
#![expect(unsafe_code, reason = "the slot belongs to one thread after the other, as the bits say")]

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::task::Waker;

use super::cell::UnsafeCell;
use super::outcome::{Outcome, Payload, TaskError};
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::{Mutex, MutexGuard, PoisonError};

const BEGUN: u32 = 1;
const DONE: u32 = 2;
const LISTENED: u32 = 4;
const UNSEEN: u32 = 8;

/// Holds a task, and what came of it.
#[derive(Debug)]
pub(crate) struct Task<F, T> {
    state: AtomicU32,
    slot: UnsafeCell<Slot<F, T>>,
    /// In a box of their own, which most tasks never need: a queue holds many tasks, and the smaller they are, the better they fit a cache.
    listeners: Mutex<Option<Box<Listeners<T>>>>,
}

#[derive(Debug)]
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
}

/// What is called with what came of a task.
pub(crate) type Callback<T> = Box<dyn FnOnce(&Outcome<T>) + Send>;

// SAFETY: the slot is what is not Sync by itself. As the table says, one thread at a time touches it, and what is in it goes from
// thread to thread, which both may (`Send`); a callback looks at the outcome on the thread whose the slot is.
unsafe impl<F: Send, T: Send> Sync for Task<F, T> {}

impl<F, T> Task<F, T> {
    /// Makes a task that nobody has begun.
    pub(crate) fn new(work: F) -> Self {
        Self {
            state: AtomicU32::new(0),
            slot: UnsafeCell::new(Slot::Work(work)),
            listeners: Mutex::new(None),
        }
    }

    /// Does the work, if nobody has begun.
    ///
    /// # Panics
    /// If a callback does, or if the work does and nobody is there to see it: the handle was dropped.
    pub(crate) fn run(&self)
    where
        F: FnOnce() -> T,
    {
        if let Some(work) = self.begin() {
            self.finish(catch_unwind(AssertUnwindSafe(work)).map_err(TaskError::Panicked));
        }
    }

    /// Ends the task without doing the work, for the reason given, if nobody has begun; says whether it did.
    ///
    /// # Panics
    /// If a callback does.
    pub(crate) fn give_up(&self, why: TaskError) -> bool {
        // Who drops a job that was run comes here, and most jobs are run: a look costs less than an exchange.
        if self.state.load(Relaxed) & BEGUN != 0 {
            return false;
        }
        let Some(work) = self.begin() else { return false };
        // First, so that what it holds is gone when the end is known.
        let dropped = catch_unwind(AssertUnwindSafe(|| drop(work)));
        self.finish(Err(why));
        dropped.unwrap_or_else(|panic| resume_unwind(panic));
        true
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

    /// Sees to it that the waker is woken when the task is over; `false` if it is over, and the waker will not be woken.
    pub(crate) fn wake_when_done(&self, waker: &Waker) -> bool {
        let mut listeners = self.lock();
        // Under the lock: who fails to end the task because of this bit waits for the lock, and then sees what is put into the list.
        if self.state.fetch_or(LISTENED, Relaxed) & DONE != 0 {
            return false;
        }
        match &mut listeners.get_or_insert_default().waker {
            Some(registered) => registered.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
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

    /// Says that nobody will ask any more.
    pub(crate) fn nobody_asks(&self) {
        if !self.is_done() {
            self.state.fetch_or(UNSEEN, Relaxed);
        }
    }

    /// Takes the work, if nobody has.
    fn begin(&self) -> Option<F> {
        if self.state.fetch_or(BEGUN, Relaxed) & BEGUN != 0 {
            return None;
        }
        // SAFETY: the slot is this thread's from the moment it has set `BEGUN`, until it sets `DONE`.
        match unsafe { self.replace(Slot::Empty) } {
            Slot::Work(work) => Some(work),
            _ => unreachable!("whoever sets BEGUN finds the work"),
        }
    }

    /// Brings what came of the work. By whom it was begun, and once.
    fn finish(&self, outcome: Outcome<T>) {
        // SAFETY: as in `begin`.
        drop(unsafe { self.replace(Slot::Outcome(outcome)) });
        if self.state.compare_exchange(BEGUN, BEGUN | DONE, Release, Relaxed).is_err() {
            self.tell();
        }
    }

    /// Ends a task whose end somebody cares about: the callbacks come first, for after `DONE` the outcome may be taken away.
    #[cold]
    fn tell(&self) {
        let mut panic = None;
        let (waker, before) = loop {
            let mut listeners = self.lock();
            let callbacks = listeners.as_mut().map(|listeners| mem::take(&mut listeners.callbacks));
            let callbacks = callbacks.unwrap_or_default();
            if callbacks.is_empty() {
                let waker = listeners.as_mut().and_then(|listeners| listeners.waker.take());
                // Under the lock: who comes with a callback after this will see `DONE`.
                break (waker, self.state.fetch_or(DONE, Release));
            }
            drop(listeners);
            for callback in callbacks {
                // SAFETY: as in `begin`.
                let told = catch_unwind(AssertUnwindSafe(|| unsafe { self.show(callback) }));
                panic = panic.or(told.err());
            }
        };
        if before & UNSEEN != 0 {
            // SAFETY: it is done, and the handle, which alone could touch the slot now, is gone.
            panic = panic.or(unseen(unsafe { self.replace(Slot::Empty) }));
        }
        if let Some(waker) = waker {
            waker.wake();
        }
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }

    /// Shows what came of the task to a callback.
    ///
    /// # Safety
    /// As for [`replace`](Self::replace).
    unsafe fn show(&self, callback: Callback<T>) {
        // SAFETY: the pointer is the cell's own, and nobody else touches it meanwhile, as who calls promises.
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
        // SAFETY: the pointer is the cell's own, and nobody else touches it meanwhile, as who calls promises.
        self.slot.with_mut(|slot| mem::replace(unsafe { &mut *slot }, with))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<Listeners<T>>>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
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
        Self { callbacks: Vec::new(), waker: None }
    }
}

impl<T> std::fmt::Debug for Listeners<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Listeners").field("callbacks", &self.callbacks.len()).finish_non_exhaustive()
    }
}
