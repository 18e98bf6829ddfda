//! A task, shared by the job in a queue and the handle: the closure until it begins, then its
//! outcome, and what is to be notified.
//!
//! One word says which thread the slot belongs to. Its bits are only ever set:
//!
//! | bits | in the slot | accessed by |
//! | --- | --- | --- |
//! | none | the closure | no thread, until it sets `BEGUN`: to run, to cancel, or to drop the job |
//! | `BEGUN` | the closure, then the outcome | the thread that has set `BEGUN` |
//! | `BEGUN`, `DONE` | the outcome, until it is taken | the handle |
//!
//! Three more keep the usual end cheap. `LISTENED`: the list of listeners is not empty. `ORPHANED`:
//! the handle was dropped before `DONE`. `PANICKED`, set together with `DONE`: the outcome is a
//! panic. The thread that ends the task tries a compare-and-swap from `BEGUN` alone to `BEGUN`,
//! `DONE`; only if that fails does it look further. So a task for whose result no thread waits yet
//! takes no lock and makes no system call: one allocation, two read-modify-writes.
//!
//! A panic that the handle never took is reported once: by the thread that ends the task, if it
//! finds `ORPHANED`, else by the one that drops the handle, which finds `DONE` then.
//!
//! # Memory ordering
//! `DONE` is set with Release, after the outcome was written; its partners are the Acquire of
//! [`Task::take`], [`Task::is_done`] and [`Task::handle_dropped`]. The other bits are Relaxed: the
//! closure was written before the job and the handle were handed out, and the list has a lock of
//! its own.
//!
//! Compiled on std's types here, and on Loom's in the tests.
#![expect(unsafe_code, reason = "the slot belongs to one thread after the other, as the bits say")]

use std::mem;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

use super::cell::UnsafeCell;
use super::on_panic::{OnPanic, discard};
use super::outcome::{Callback, End, Outcome, Payload, TaskError, go_on};
use super::sync::atomic::AtomicU32;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::{Mutex, MutexGuard, PoisonError};

const BEGUN: u32 = 1;
const DONE: u32 = 2;
const LISTENED: u32 = 4;
const ORPHANED: u32 = 8;
const PANICKED: u32 = 16;

/// A task, and its outcome.
pub(crate) struct Task<F, T> {
    state: AtomicU32,
    slot: UnsafeCell<Slot<F, T>>,
    /// Boxed, for most tasks have none, and a smaller task fits a cache better.
    listeners: Mutex<Option<Box<Listeners<T>>>>,
}

enum Slot<F, T> {
    Work(F),
    Outcome(Outcome<T>),
    /// The closure is being called, or the outcome was taken.
    Empty,
}

struct Listeners<T> {
    callbacks: Vec<Callback<T>>,
    /// Of the thread, or the async task, that waits for the one handle.
    waker: Option<Waker>,
    /// The panic handler of the pool that ran the task, if it has panicked.
    on_panic: OnPanic,
}

// SAFETY: the slot alone is not Sync by itself. By the table, one thread at a time accesses it:
// `BEGUN` is set by one thread only, and `DONE` (Release) hands it to the handle (Acquire). What is in
// it moves between threads, which `Send` allows; a callback sees the outcome on the slot's thread.
unsafe impl<F: Send, T: Send> Sync for Task<F, T> {}

impl<F, T> Task<F, T> {
    pub(crate) fn new(work: F) -> Self {
        let slot = UnsafeCell::new(Slot::Work(work));
        Self { state: AtomicU32::new(0), slot, listeners: Mutex::new(None) }
    }

    /// Runs it, if it has not begun.
    pub(crate) fn run(&self)
    where
        F: FnOnce() -> T,
    {
        if let Some(work) = self.begin() {
            self.finish(catch_unwind(AssertUnwindSafe(work)).map_err(TaskError::Panicked));
        }
    }

    /// Drops the closure, and then ends the task: what it holds is gone when the end is visible.
    #[cold]
    fn end_unrun(&self, work: F, why: TaskError) {
        let mut panic = None;
        caught(&mut panic, || drop(work));
        caught(&mut panic, || self.finish(Err(why)));
        go_on(panic);
    }

    #[cold]
    fn report(&self) {
        // SAFETY: `DONE` is set, together with `PANICKED`: the slot is the handle's, which is being
        // dropped on this thread.
        let Some(panic) = unclaimed(unsafe { self.replace(Slot::Empty) }) else { return };
        let on_panic = self.lock().as_mut().map(|listeners| mem::take(&mut listeners.on_panic));
        let on_panic = on_panic.unwrap_or_default();
        on_panic.tell(panic);
        discard(on_panic);
    }

    /// Takes the closure, if it has not begun.
    fn begin(&self) -> Option<F> {
        if self.state.fetch_or(BEGUN, Relaxed) & BEGUN != 0 {
            return None;
        }
        // SAFETY: `fetch_or` returned a word without `BEGUN` to one thread only, this one: the slot is
        // its own until it sets `DONE`.
        match unsafe { self.replace(Slot::Empty) } {
            Slot::Work(work) => Some(work),
            _ => unreachable!("the thread that sets BEGUN finds the closure"),
        }
    }

    /// Stores the outcome. Is called once, by the thread that has begun the task.
    // Out of line, the outcome would be copied once more: a tenth of the price of a submit and a wait.
    #[inline(always)]
    fn finish(&self, outcome: Outcome<T>) {
        let panicked = matches!(outcome, Err(TaskError::Panicked(_)));
        let over = if panicked { self.has_panicked() } else { DONE };
        // SAFETY: this thread has set `BEGUN`, and does not set `DONE` before the next line.
        drop(unsafe { self.replace(Slot::Outcome(outcome)) });
        if self.state.compare_exchange(BEGUN, BEGUN | over, Release, Relaxed).is_err() {
            self.notify(over);
        }
    }

    /// Keeps the pool's panic handler, for a panic that the handle may never take.
    #[cold]
    #[inline(never)]
    fn has_panicked(&self) -> u32 {
        self.lock().get_or_insert_default().on_panic = OnPanic::here();
        DONE | PANICKED
    }

    /// Ends a task that has listeners or no handle, or panicked: the callbacks come first, for after
    /// `DONE` the outcome may be taken.
    #[cold]
    fn notify(&self, over: u32) {
        let mut panic = None;
        let (waker, before) = loop {
            let mut listeners = self.lock();
            let callbacks =
                listeners.as_mut().map(|of| mem::take(&mut of.callbacks)).unwrap_or_default();
            if callbacks.is_empty() {
                let waker = listeners.as_mut().and_then(|listeners| listeners.waker.take());
                // In the critical section: a callback that is registered later sees `DONE`.
                break (waker, self.state.fetch_or(over, Release));
            }
            drop(listeners);
            for callback in callbacks {
                // SAFETY: this thread has set `BEGUN`, and `DONE` is not set before the loop ends.
                caught(&mut panic, || unsafe { self.show(callback) });
            }
        };
        if before & ORPHANED != 0 {
            // SAFETY: `DONE` is set, so the slot is the handle's, which has set `ORPHANED` and is gone.
            let slot = unsafe { self.replace(Slot::Empty) };
            caught(&mut panic, || go_on(unclaimed(slot)));
        }
        if let Some(waker) = waker {
            caught(&mut panic, || waker.wake());
        }
        go_on(panic);
    }

    /// Calls a callback with the outcome. Its safety is that of [`replace`](Self::replace).
    unsafe fn show(&self, callback: Callback<T>) {
        // SAFETY: the pointer is the cell's own, so valid; no other thread accesses it meanwhile, as
        // the caller promises, and the callback has no way to this slot: the handle waits for `DONE`.
        self.slot.with_mut(|slot| match unsafe { &*slot } {
            Slot::Outcome(outcome) => callback(outcome),
            _ => panic!("the outcome of the task was taken before"),
        });
    }

    /// Puts something into the slot, and returns what was there.
    ///
    /// # Safety
    /// The slot must be the caller's, as the table in the file's head says.
    unsafe fn replace(&self, with: Slot<F, T>) -> Slot<F, T> {
        // SAFETY: the pointer is the cell's own, so valid; the exclusive reference ends within this
        // call, and no other access exists meanwhile, as the caller promises.
        self.slot.with_mut(|slot| mem::replace(unsafe { &mut *slot }, with))
    }

    fn lock(&self) -> MutexGuard<'_, Option<Box<Listeners<T>>>> {
        self.listeners.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<F: Send, T: Send> End<T> for Task<F, T> {
    /// Ends the task without calling the closure, if it has not begun; returns whether it did.
    fn give_up(&self, why: TaskError) -> bool {
        // Most jobs that are dropped were run: a load costs less than a read-modify-write.
        if self.state.load(Relaxed) & BEGUN != 0 {
            return false;
        }
        let Some(work) = self.begin() else { return false };
        self.end_unrun(work, why);
        true
    }

    fn is_done(&self) -> bool {
        self.state.load(Acquire) & DONE != 0
    }

    /// Takes the outcome; `None` if it is not over.
    unsafe fn take(&self) -> Option<Outcome<T>> {
        if self.state.load(Acquire) & DONE == 0 {
            return None;
        }
        // SAFETY: `DONE` is set, so the slot is the handle's, and the caller acts for the one handle.
        match unsafe { self.replace(Slot::Empty) } {
            Slot::Outcome(outcome) => Some(outcome),
            _ => panic!("the outcome of the task was taken before"),
        }
    }

    /// Registers a waker for the end; returns false, and will not wake it, if the task is over.
    fn wake_when_done(&self, waker: &Waker) -> bool {
        // The caller's code, which may panic or come back here, is called without the lock.
        let waker = waker.clone();
        let mut listeners = self.lock();
        // Under the lock: a thread whose compare-and-swap fails for this bit locks and sees the list.
        if self.state.fetch_or(LISTENED, Relaxed) & DONE != 0 {
            return false;
        }
        let before = listeners.get_or_insert_default().waker.replace(waker);
        drop(listeners);
        drop(before);
        true
    }

    /// Registers a callback for the end; or calls it here and now, if the task is over.
    unsafe fn call_when_done(&self, callback: Callback<T>) {
        let mut listeners = self.lock();
        if self.state.fetch_or(LISTENED, Acquire) & DONE == 0 {
            listeners.get_or_insert_default().callbacks.push(callback);
        } else {
            drop(listeners);
            // SAFETY: `DONE` is set, and the Acquire above comes after its Release: the slot is the
            // handle's, for which the caller acts.
            unsafe { self.show(callback) };
        }
    }

    /// Is called once, as the handle is dropped. Reports a panic that the handle has not taken.
    fn handle_dropped(&self) {
        let mut state = self.state.load(Acquire);
        if state & DONE == 0 {
            // Of this thread and the one that ends the task, the second sees the other's bit.
            state = self.state.fetch_or(ORPHANED, Acquire);
        }
        if state & PANICKED != 0 {
            self.report();
        }
    }
}

/// Calls foreign code. Keeps the first of several panics, and reports the others to the pool's panic
/// handler.
fn caught(first: &mut Option<Payload>, call: impl FnOnce()) {
    let Err(panic) = catch_unwind(AssertUnwindSafe(call)) else { return };
    match first {
        None => *first = Some(panic),
        Some(_) => OnPanic::here().tell(panic),
    }
}

fn unclaimed<F, T>(slot: Slot<F, T>) -> Option<Payload> {
    match slot {
        Slot::Outcome(Err(TaskError::Panicked(payload))) => Some(payload),
        _ => None,
    }
}

impl<T> Default for Listeners<T> {
    fn default() -> Self {
        Self { callbacks: Vec::new(), waker: None, on_panic: OnPanic::default() }
    }
}
