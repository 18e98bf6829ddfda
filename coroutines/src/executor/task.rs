//! A task: one allocation with its future or its output, which its slot and its handle share. It
//! stays on the executor's thread, so its future need not be `Send`.
#![expect(unsafe_code, reason = "a future stays where its task is, behind a pointer to its head")]

use std::cell::{Cell, UnsafeCell};
use std::mem::replace;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

use super::join::{JoinError, Joined};
use super::waker::Id;
use crate::contain::{contain, wake};

/// How far a task has come.
#[derive(Clone, Copy, PartialEq, PartialOrd)]
pub(super) enum State {
    Runs,
    /// Its future is to be dropped, not polled.
    Aborted,
    Ended,
    /// It has left its slot, and belongs to its handle.
    Left,
}

/// All of a task but its future.
pub(super) struct Head {
    /// `run`, for the type of its future.
    run: unsafe fn(Task) -> bool,
    /// The task behind it in the queue.
    pub(super) behind: Cell<Option<Task>>,
    /// What wakes the task that awaits its end.
    pub(super) joiner: Cell<Option<Waker>>,
    pub(super) id: Id,
    pub(super) queued: Cell<bool>,
    pub(super) state: Cell<State>,
    /// Its handle is there: somebody may ask for its output.
    pub(super) wanted: Cell<bool>,
}

/// A pointer to a task's head, and so to the whole of it. There is one in its slot, which owns the
/// task, and one in the queue, which a task leaves before its slot.
#[derive(Clone, Copy, PartialEq)]
pub(super) struct Task(NonNull<Head>);

#[repr(C)] // So that a pointer to its head is one to the whole.
pub(super) struct Whole<F: Future> {
    head: Head,
    /// Until the state is `Ended`, `poll` and `end` alone use it, neither inside of the other; from
    /// then on its handle alone, which calls no foreign code meanwhile; once that is dropped,
    /// `leave_detached`.
    stage: UnsafeCell<Stage<F>>,
}

enum Stage<F: Future> {
    Runs(F),
    Ended(Result<F::Output, JoinError>),
    /// The output was taken, or dropped.
    Empty,
}

impl Task {
    /// Returns the task that a slot is given.
    pub(super) fn new<F: Future>(whole: NonNull<Whole<F>>) -> Self {
        Self(whole.cast())
    }

    /// Polls the task, or drops its future if it was aborted. Returns whether it has ended and is not
    /// in the queue; then it has left its slot, and must not be used any more.
    #[inline]
    pub(super) fn run(self) -> bool {
        // SAFETY: `new` has got the task from where `run` is the one for its type.
        unsafe { (self.run)(self) }
    }
}

impl Deref for Task {
    type Target = Head;

    #[inline]
    fn deref(&self) -> &Head {
        // SAFETY: its slot keeps it, and nobody borrows a head mutably.
        unsafe { self.0.as_ref() }
    }
}

impl Head {
    #[inline]
    pub(super) fn is_finished(&self) -> bool {
        self.state.get() >= State::Ended
    }
}

impl<F: Future> Whole<F> {
    /// Returns a task for a slot and a handle, which frees it if the slot has not.
    pub(super) fn new(id: Id, future: F) -> NonNull<Self> {
        // The memory comes first, so that nothing is moved into it.
        let (memory, stage) = (Box::new_uninit(), UnsafeCell::new(Stage::Runs(future)));
        let (behind, joiner, queued) = Default::default();
        let (state, wanted) = (Cell::new(State::Runs), Cell::new(true));
        let head = Head { run: Self::run, behind, joiner, id, queued, state, wanted };
        NonNull::from(Box::leak(Box::write(memory, Self { head, stage })))
    }

    /// # Safety
    /// The task is one of these, and in its slot.
    unsafe fn run(task: Task) -> bool {
        let whole = task.0.cast::<Self>();
        // SAFETY: as the caller promises.
        let this = unsafe { whole.as_ref() };
        if this.head.state.get() == State::Runs {
            match catch_unwind(AssertUnwindSafe(|| this.poll(&task.id.waker()))) {
                Ok(Poll::Pending) => return false,
                Ok(Poll::Ready(output)) => this.end(Ok(output)),
                Err(panic) => this.end(Err(JoinError(Some(panic)))),
            }
        } else {
            this.abort();
        }
        if !this.head.wanted.get() {
            // SAFETY: it is one of these, has ended, is in its slot, and its handle is dropped.
            return unsafe { Self::leave_detached(whole) };
        }
        if this.head.queued.get() {
            return false;
        }
        this.head.state.set(State::Left);
        true
    }

    /// Does what `run` does at the end, for a task whose handle is dropped.
    ///
    /// # Safety
    /// The task has ended, is in its slot, and its handle is dropped.
    #[cold]
    unsafe fn leave_detached(whole: NonNull<Self>) -> bool {
        // SAFETY: as the caller promises.
        let this = unsafe { whole.as_ref() };
        // Now, while the task is whole and in its slot: the destructor of an output is foreign
        // code, and may wake it.
        // SAFETY: as the caller promises; and this function alone uses the stage.
        contain(|| unsafe { *this.stage.get() = Stage::Empty });
        if this.head.queued.get() {
            return false;
        }
        // SAFETY: `new` has made it of a box; its handle is dropped, and no queue has it. What is
        // left of it calls no foreign code.
        drop(unsafe { Box::from_raw(whole.as_ptr()) });
        true
    }

    #[inline]
    fn poll(&self, waker: &Waker) -> Poll<F::Output> {
        // SAFETY: the task has not ended, so that this function alone uses it.
        let Stage::Runs(future) = (unsafe { &mut *self.stage.get() }) else {
            unreachable!("its future is there until it ends");
        };
        // SAFETY: a pinned value must not move until it is dropped, nor its memory be used again
        // before. The future is in the task's memory, which does not move; `stage` is private, and
        // no code moves a `Runs` out of it: `end` drops it in place.
        unsafe { Pin::new_unchecked(future) }.poll(&mut Context::from_waker(waker))
    }

    /// Drops the future of a task that was aborted. One that has ended stays so.
    #[cold]
    fn abort(&self) {
        if !self.head.is_finished() {
            self.end(Err(JoinError(None)));
        }
    }

    /// Replaces the future by its output, and wakes the task that awaits it. The destructors of the
    /// future, and of an output that nobody wants, are foreign code: they may panic, drop this
    /// task's handle, or ask it whether the task has ended.
    fn end(&self, mut outcome: Result<F::Output, JoinError>) {
        let put = |stage| {
            // SAFETY: the task has not ended, so that this function alone uses it. The future is
            // dropped where it was pinned.
            unsafe { *self.stage.get() = stage }
        };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| put(Stage::Empty))) {
            contain(|| drop(replace(&mut outcome, Err(JoinError(Some(panic))))));
        }
        if self.head.wanted.get() {
            put(Stage::Ended(outcome));
        } else {
            contain(|| drop(outcome));
        }
        self.head.state.set(State::Ended);
        wake(self.head.joiner.take());
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
