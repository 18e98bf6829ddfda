//! A task: one allocation with its future and its output, which its slot and its handle share. It
//! stays on the executor's thread, so its future need not be `Send`.
#![expect(unsafe_code, reason = "a future stays where its task is, behind a pointer to its head")]

use std::cell::{Cell, UnsafeCell};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr::NonNull;
use std::task::{Context, Poll, Waker};

use super::join::JoinError;
use super::waker::Id;
use crate::contain::{contain, wake};

/// All of a task but its output and its future.
pub(super) struct Head {
    pub(super) id: Id,
    /// `run`, for the type of its future.
    run: unsafe fn(Task),
    /// The task behind it in the queue.
    pub(super) behind: Cell<Option<Task>>,
    pub(super) queued: Cell<bool>,
    /// Its future is to be dropped, not polled.
    pub(super) aborted: Cell<bool>,
    pub(super) ended: Cell<bool>,
    /// Its slot and its handle, but for those that have let go of it.
    owners: Cell<u8>,
    /// What wakes the task that awaits its end.
    pub(super) joiner: Cell<Option<Waker>>,
}

/// A pointer to a task's head, and so to the whole of it.
#[derive(Clone, Copy)]
pub(super) struct Task(pub(super) NonNull<Head>);

/// The whole of a task. Its handle, which knows only the type of its output, has it without the
/// future.
#[repr(C)] // So that a pointer to its head is one to the whole, with its future and without.
pub(super) struct Whole<T, F = ()> {
    pub(super) head: Head,
    /// `Pending` until it has ended, and once it is taken.
    pub(super) output: Cell<Poll<Result<T, JoinError>>>,
    /// Until the task has ended. `run` alone uses it, which no task calls inside of its own.
    future: UnsafeCell<ManuallyDrop<F>>,
}

impl Task {
    #[inline]
    pub(super) fn head(&self) -> &Head {
        // SAFETY: it belongs to the task's slot or handle, or is a copy of such a pointer, and
        // neither is used after that has let go of the task: the queue has none without a slot. And
        // nobody borrows a head mutably but `run`, when nobody uses it any more.
        unsafe { self.0.as_ref() }
    }

    /// Polls the task, or drops its future if it was aborted, or frees it if nobody owns it.
    #[inline]
    pub(super) fn run(self) {
        // SAFETY: `boxed` has put it there, for the type of this task. The callers are its
        // executor, which has it in its slot, and the second `let_go`, after which nobody uses it.
        // Neither comes inside of the other, nor of itself: inside a task, also where its
        // destructors and wakers run, `block_on` panics, the executor is borrowed and so not
        // dropped, and its slot has not let go.
        unsafe { (self.head().run)(self) }
    }

    /// Lets go of the task. The second call frees it, and with it an output that was not taken,
    /// whose destructor is foreign code.
    ///
    /// # Safety
    /// The caller is its slot, the task has ended, and nobody will find it there or in the queue;
    /// or it is its handle, which has the last use of it here.
    pub(super) unsafe fn let_go(self) {
        let owners = &self.head().owners;
        if owners.replace(owners.get() - 1) == 1 {
            contain(|| self.run());
        }
    }
}

impl<F: Future> Whole<F::Output, F> {
    /// Returns a task for a slot and a handle, which let go of it in the end.
    pub(super) fn boxed(id: Id, future: F) -> NonNull<Whole<F::Output>> {
        // The memory comes first, so that nothing is moved into it.
        let (memory, future) = (Box::new_uninit(), UnsafeCell::new(ManuallyDrop::new(future)));
        let (run, owners) = (Self::run as _, Cell::new(2));
        let (behind, queued, aborted, ended, joiner) = Default::default();
        let head = Head { id, run, behind, queued, aborted, ended, owners, joiner };
        let whole = Self { head, output: Cell::new(Poll::Pending), future };
        NonNull::from(Box::leak(Box::write(memory, whole))).cast()
    }

    /// # Safety
    /// It is a task of this type, which is in its slot, or which nobody uses any more; and this is
    /// not called inside of itself for the same task.
    unsafe fn run(task: Task) {
        let whole = task.0.cast::<Self>();
        // SAFETY: as the caller promises.
        let Self { head, output, future } = unsafe { whole.as_ref() };
        if head.ended.get() {
            if head.owners.get() == 0 {
                // SAFETY: `boxed` has made it of a box, and nobody uses it any more.
                drop(unsafe { Box::from_raw(whole.as_ptr()) });
            }
            return;
        }
        // SAFETY: only this function uses it, and, as the caller promises, once at a time: handles
        // refer to what is before it.
        let future = unsafe { &mut *future.get() };
        let mut outcome = Err(JoinError(None));
        if !head.aborted.get() {
            // SAFETY: a pinned value must not move until it is dropped, nor its memory be used
            // again before. This one is in the task's memory, which does not move, and is dropped
            // there, below.
            let future = unsafe { Pin::new_unchecked(&mut **future) };
            let poll = || future.poll(&mut Context::from_waker(&head.id.waker()));
            outcome = match catch_unwind(AssertUnwindSafe(poll)) {
                Ok(Poll::Pending) => return,
                Ok(Poll::Ready(output)) => Ok(output),
                Err(panic) => Err(JoinError(Some(Box::new(panic)))),
            };
        }
        // The destructor of the future is foreign code: it may panic, drop this task's handle, or
        // ask it whether the task has ended.
        // SAFETY: the task has not ended, so it is dropped once; and is not used after that.
        let dropped = catch_unwind(AssertUnwindSafe(|| unsafe { ManuallyDrop::drop(future) }));
        if let Err(panic) = dropped {
            contain(|| outcome = Err(JoinError(Some(Box::new(panic)))));
        }
        output.set(Poll::Ready(outcome));
        head.ended.set(true);
        wake(head.joiner.take());
    }
}
