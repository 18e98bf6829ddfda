//! The whole of a task: its head, and its future or its output.
//!
//! A future is polled and dropped, and its output taken, on the executor's thread alone, so it need
//! not be `Send`.
#![expect(unsafe_code, reason = "a future stays where its task's wakers point")]

use std::cell::UnsafeCell;
use std::mem::replace;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use super::inbox::Inbox;
use super::join::{JoinError, Joined};
use super::local::Local;
use super::task::{Calls, Head, Key, Output, State, Task};
use crate::contain::contain;

/// A task with its future. Other threads reach it by a waker alone, which touches its head; but the
/// last waker may free it there. By then it has left its slot, so that `end` has dropped its
/// future; its output was taken or dropped by its handle, or by `end`; and `joiner` is `Send`. No
/// panic comes between: in `run`, `end` and `shut_down`, each call of foreign code is contained.
#[repr(C)] // So that a pointer to its head is one to the whole.
pub(super) struct Whole<F: Future> {
    head: Head,
    /// Until the state is `Ended`, `run` and `end` alone use it, neither inside of the other; from
    /// then on its handle alone, which calls no foreign code meanwhile.
    stage: UnsafeCell<Stage<F>>,
}

enum Stage<F: Future> {
    Runs(F),
    Ended(Result<F::Output, JoinError>),
    /// The output was taken, or dropped.
    Empty,
}

impl<F: Future> Whole<F> {
    const CALLS: Calls = Calls { run: Self::run, free: Self::free };

    /// Returns a task that is to be released.
    pub(super) fn new(inbox: &Arc<Inbox<Waker>>, key: Key, future: F) -> NonNull<Self> {
        let (memory, stage) = (Box::new_uninit(), UnsafeCell::new(Stage::Runs(future)));
        // The memory comes first, so that nothing is moved into it.
        let task = Self { head: Head::new(&Self::CALLS, inbox, key), stage };
        NonNull::from(Box::leak(Box::write(memory, task)))
    }

    /// # Safety
    /// The task is there, and one of these.
    unsafe fn run(task: Task, local: &Local) -> bool {
        // SAFETY: as the caller promises.
        let this = unsafe { task.whole::<Self>().as_ref() };
        match this.head.state.get() {
            State::Runs => {
                // SAFETY: it is lent for a poll, during which the slot keeps the task.
                let waker = unsafe { task.waker() };
                // SAFETY: the task has not ended, so that this function alone uses it.
                let Stage::Runs(future) = (unsafe { &mut *this.stage.get() }) else {
                    unreachable!("its future is there until it ends");
                };
                // SAFETY: a pinned value must not move until it is dropped, nor its memory be used
                // again before. The future is in the task's memory, which does not move; `stage` is
                // private, and no code moves a `Runs` out of it: `end` drops it in place.
                let future = unsafe { Pin::new_unchecked(future) };
                let poll = AssertUnwindSafe(|| future.poll(&mut Context::from_waker(&waker)));
                match catch_unwind(poll) {
                    Ok(Poll::Pending) => return false,
                    Ok(Poll::Ready(output)) => this.end(Ok(output), local),
                    Err(panic) => this.end(Err(JoinError(Some(panic))), local),
                }
            }
            State::Aborted => this.end(Err(JoinError(None)), local),
            _ => {}
        }
        // If it was queued at its end, its slot keeps it until its turn. It is not queued again.
        !this.head.queued.replace(true)
    }

    /// # Safety
    /// The task is one of these, and is used no more.
    unsafe fn free(task: Task) {
        // SAFETY: `new` has made it of a box.
        drop(unsafe { Box::from_raw(task.whole::<Self>().as_ptr()) });
    }

    /// Replaces the future by its output, and wakes the task that awaits it. The destructors of the
    /// future, and of an output that nobody wants, are foreign code: they may panic, drop this
    /// task's handle, or ask it whether the task has ended.
    fn end(&self, outcome: Result<F::Output, JoinError>, local: &Local) {
        let put = |stage| {
            // SAFETY: the task has not ended, so that this function alone uses it. The future is
            // dropped where it was pinned.
            unsafe { *self.stage.get() = stage }
        };
        let dropped = catch_unwind(AssertUnwindSafe(|| put(Stage::Empty)));
        let (outcome, unwanted) = match dropped {
            Ok(()) => (outcome, None),
            Err(panic) => (Err(JoinError(Some(panic))), Some(outcome)),
        };
        if self.head.output.get() == Output::Unwanted {
            contain(|| drop(outcome));
        } else {
            put(Stage::Ended(outcome));
        }
        self.head.state.set(State::Ended);
        if let Some(unwanted) = unwanted {
            contain(|| drop(unwanted));
        }
        local.wake(self.head.joiner.take());
    }
}

impl<F: Future> Joined<F::Output> for Whole<F> {
    fn take(&self) -> Poll<Result<F::Output, JoinError>> {
        assert!(self.head.is_finished(), "a task that runs has no output");
        // SAFETY: it has ended, and the handle, which asks, moves one value out.
        match unsafe { replace(&mut *self.stage.get(), Stage::Empty) } {
            Stage::Ended(outcome) => Poll::Ready(outcome),
            _ => panic!("a task's output is taken once"),
        }
    }
}
