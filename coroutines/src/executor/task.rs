//! A task: one allocation with its future and its output, which its slot and its handle share. It
//! stays on the executor's thread, so its future need not be `Send`.
#![expect(unsafe_code, reason = "a future stays where its task is, behind a pointer to its head")]

use std::cell::{Cell, UnsafeCell};
use std::mem::replace;
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
    /// `run` and `free`, for the type of its future.
    run: unsafe fn(Task),
    free: unsafe fn(Task),
    /// The task behind it in the queue.
    pub(super) behind: Cell<Option<Task>>,
    pub(super) queued: Cell<bool>,
    /// Its future is to be dropped, not polled.
    pub(super) aborted: Cell<bool>,
    pub(super) ended: Cell<bool>,
    /// Neither its slot nor its handle has let go of it.
    shared: Cell<bool>,
    /// What wakes the task that awaits its end.
    pub(super) joiner: Cell<Option<Waker>>,
}

/// A pointer to a task's head, and so to the whole of it.
#[derive(Clone, Copy)]
pub(super) struct Task(pub(super) NonNull<Head>);

/// What a handle knows of a task.
#[repr(C)] // So that a pointer to its head is one to this.
pub(super) struct Joined<T> {
    pub(super) head: Head,
    /// `Pending` until it has ended, and once it is taken.
    pub(super) output: Cell<Poll<Result<T, JoinError>>>,
}

#[repr(C)] // So that a pointer to its head is one to the whole.
pub(super) struct Whole<F: Future> {
    joined: Joined<F::Output>,
    /// `run` alone uses it, which nobody calls inside of itself.
    future: UnsafeCell<Option<F>>,
}

impl Task {
    #[inline]
    pub(super) fn head(&self) -> &Head {
        // SAFETY: whoever has a task is its slot or its handle, or has got it from one that has not
        // let go of it; and nobody borrows a head mutably.
        unsafe { self.0.as_ref() }
    }

    /// Polls the task, or drops its future if it was aborted.
    #[inline]
    pub(super) fn run(self) {
        // SAFETY: `boxed` has put it there, for the type of this task.
        unsafe { (self.head().run)(self) }
    }

    /// Lets go of the task. The second call frees it, and with it an output that was not taken, whose
    /// destructor is foreign code.
    ///
    /// # Safety
    /// The caller is its slot, and nobody will find it there or in the queue; or it is its handle,
    /// which has the last use of it here.
    pub(super) unsafe fn let_go(self) {
        if !self.head().shared.replace(false) {
            // SAFETY: as above; and there is no third one.
            contain(|| unsafe { (self.head().free)(self) });
        }
    }
}

impl<F: Future> Whole<F> {
    /// Returns a task for a slot and a handle, which let go of it in the end.
    pub(super) fn boxed(id: Id, future: F) -> NonNull<Joined<F::Output>> {
        // The memory comes first, so that nothing is moved into it.
        let (memory, future) = (Box::new_uninit(), UnsafeCell::new(Some(future)));
        let (run, free, shared) = (Self::run as _, Self::free as _, Cell::new(true));
        let (behind, queued, aborted, ended, joiner) = Default::default();
        let head = Head { id, run, free, behind, queued, aborted, ended, shared, joiner };
        let joined = Joined { head, output: Cell::new(Poll::Pending) };
        NonNull::from(Box::leak(Box::write(memory, Self { joined, future }))).cast()
    }

    /// # Safety
    /// It is a task of this type, which is in its slot.
    unsafe fn run(task: Task) {
        // SAFETY: as the caller promises.
        let Self { joined: Joined { head, output }, future } = unsafe { task.0.cast().as_ref() };
        // SAFETY: only this function uses it, and is not called inside of itself.
        let future = unsafe { &mut *future.get() };
        let mut outcome = match &mut *future {
            None => return,
            Some(_) if head.aborted.get() => Err(JoinError(None)),
            Some(future) => {
                // SAFETY: a pinned value must not move until it is dropped, nor its memory be used
                // again before. This one is in the task's memory, which does not move, and is
                // dropped there, below.
                let future = unsafe { Pin::new_unchecked(future) };
                let waker = head.id.waker();
                let poll = || future.poll(&mut Context::from_waker(&waker));
                match catch_unwind(AssertUnwindSafe(poll)) {
                    Ok(Poll::Pending) => return,
                    Ok(Poll::Ready(output)) => Ok(output),
                    Err(panic) => Err(JoinError(Some(Box::new(panic)))),
                }
            }
        };
        // The destructor of the future is foreign code: it may panic, drop this task's handle, or ask
        // it whether the task has ended.
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| *future = None)) {
            contain(|| drop(replace(&mut outcome, Err(JoinError(Some(Box::new(panic)))))));
        }
        output.set(Poll::Ready(outcome));
        head.ended.set(true);
        wake(head.joiner.take());
    }

    /// # Safety
    /// It is a task of this type, which nobody uses any more.
    unsafe fn free(task: Task) {
        // SAFETY: `boxed` has made it of a box; and as the caller promises.
        drop(unsafe { Box::from_raw(task.0.cast::<Self>().as_ptr()) });
    }
}
