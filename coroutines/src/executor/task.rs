//! A task: one piece of memory with its future, or what came out of it; and the waker that points to it.
//!
//! A future is polled, dropped, and its output taken, on the executor's thread alone, so it need not be `Send`. A
//! waker may be anywhere: to other threads it gives the inbox, and all that it keeps alive is the memory.
#![expect(
    unsafe_code,
    reason = "a waker goes to other threads, and a future that stays on its own is in what it points to"
)]

use std::cell::{Cell, RefCell};
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use super::inbox::Inbox;
use super::join::{JoinError, Joined};
use super::local::{Key, Local, here};

pub(super) struct Task<F: Future> {
    /// The executor that it belongs to, as other threads know it.
    inbox: Arc<Inbox<Waker>>,
    key: Key,
    /// It is in the run queue; or has ended, and must not come there again.
    queued: Cell<bool>,
    /// Its future is to be dropped, not polled.
    aborted: Cell<bool>,
    /// Nobody will ask what came out of it.
    detached: Cell<bool>,
    stage: RefCell<Stage<F>>,
}

enum Stage<F: Future> {
    /// With it, who waits for its end.
    Runs(F, Option<Waker>),
    Ended(Result<F::Output, JoinError>),
    /// What came out of it was taken, or dropped.
    Empty,
}

// SAFETY: other threads reach a task by a waker alone. They use `inbox`, which is for all threads, and the Arc's counts; all else is used
// where the task's executor is entered (`here`), or by its handle or from its slot, neither of which can be sent: on one thread. They
// may be the last to drop it; then its stage is empty: before a slot gives a task up, its future is dropped, and before a handle does,
// what came out is.
unsafe impl<F: Future> Send for Task<F> {}
// SAFETY: as above.
unsafe impl<F: Future> Sync for Task<F> {}

/// What a slot asks of a task, whatever its future.
pub(super) trait Run {
    /// Polls it, or drops its future if that was asked for; gives it back if it goes on.
    fn run(self: Arc<Self>) -> Option<Arc<dyn Run>>;
    /// Drops its future.
    fn cancel(&self);
}

impl<F: Future> Task<F> {
    pub(super) fn new(inbox: Arc<Inbox<Waker>>, key: Key, future: F) -> Self {
        let stage = RefCell::new(Stage::Runs(future, None));
        Self {
            inbox,
            key,
            queued: Cell::new(false),
            aborted: Cell::new(false),
            detached: Cell::new(false),
            stage,
        }
    }

    /// Puts it into its executor's queue, unless it is there.
    pub(super) fn queue(&self, local: &Local) {
        if !self.queued.replace(true) {
            local.queue(self.key);
        }
    }

    /// Says that it is not in the queue any more. Before it is polled: who wakes it meanwhile means another poll.
    pub(super) fn take_out(&self) {
        self.queued.set(false);
    }

    fn poll(self: &Arc<Self>) -> std::thread::Result<Poll<F::Output>>
    where
        F: 'static,
    {
        // SAFETY: this count of the Arc is the caller's, who has it for longer; the waker is never dropped, so that it is not given back.
        let waker = ManuallyDrop::new(Waker::from(unsafe { Arc::from_raw(Arc::as_ptr(self)) }));
        catch_unwind(AssertUnwindSafe(|| match &mut *self.stage.borrow_mut() {
            Stage::Runs(future, _) => {
                // SAFETY: the future is in the Arc's memory, and nobody moves it: `end` drops it where it is.
                let future = unsafe { Pin::new_unchecked(future) };
                future.poll(&mut Context::from_waker(&waker))
            }
            Stage::Ended(_) | Stage::Empty => unreachable!("it has ended, and is in no slot"),
        }))
    }

    /// Puts what came out in the place of the future, and wakes who waits for it.
    fn end(&self, outcome: Result<F::Output, JoinError>) {
        let joiner = match &mut *self.stage.borrow_mut() {
            Stage::Runs(_, joiner) => joiner.take(),
            Stage::Ended(_) | Stage::Empty => return,
        };
        // The future is dropped where it was pinned. That, and the end of an output that nobody wants, is anyone's code: it may panic, and
        // drop its own task's handle.
        let stored = catch_unwind(AssertUnwindSafe(|| {
            *self.stage.borrow_mut() = Stage::Empty;
            if !self.detached.get() {
                *self.stage.borrow_mut() = Stage::Ended(outcome);
            }
        }));
        if let Err(panic) = stored
            && !self.detached.get()
        {
            *self.stage.borrow_mut() = Stage::Ended(Err(JoinError(Some(panic))));
        }
        if let Some(joiner) = joiner {
            joiner.wake();
        }
    }
}

impl<F: Future + 'static> Run for Task<F> {
    fn run(self: Arc<Self>) -> Option<Arc<dyn Run>> {
        self.take_out();
        let outcome = if self.aborted.get() {
            Err(JoinError(None))
        } else {
            match self.poll() {
                Ok(Poll::Pending) => return Some(self),
                Ok(Poll::Ready(output)) => Ok(output),
                Err(panic) => Err(JoinError(Some(panic))),
            }
        };
        self.end(outcome);
        // Once more, so that its slot gets free; it is never taken out of this.
        self.wake();
        None
    }

    fn cancel(&self) {
        self.queued.set(true);
        self.end(Err(JoinError(None)));
    }
}

impl<F: Future + 'static> Wake for Task<F> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let queue = |local: &Local| {
            let is_ours = ptr::eq(&*local.inbox, &*self.inbox);
            if is_ours {
                self.queue(local);
            }
            is_ours
        };
        if here(queue) != Some(true) {
            self.inbox.post(Waker::from(Arc::clone(self)));
        }
    }
}

impl<F: Future + 'static> Joined<F::Output> for Task<F> {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<F::Output, JoinError>> {
        // It is borrowed while the future is polled: a task that waits for its own end waits for ever.
        let Ok(mut stage) = self.stage.try_borrow_mut() else { return Poll::Pending };
        let before = match &mut *stage {
            Stage::Runs(_, joiner) => joiner.replace(cx.waker().clone()),
            Stage::Ended(_) | Stage::Empty => match std::mem::replace(&mut *stage, Stage::Empty) {
                Stage::Ended(outcome) => return Poll::Ready(outcome),
                _ => panic!("a task's end is told once"),
            },
        };
        // A waker's end may be anything's end: not while this is borrowed.
        drop(stage);
        drop(before);
        Poll::Pending
    }

    fn abort(self: Arc<Self>) {
        self.aborted.set(true);
        self.wake();
    }

    fn is_finished(&self) -> bool {
        self.stage.try_borrow().is_ok_and(|stage| !matches!(*stage, Stage::Runs(..)))
    }

    fn detach(&self) {
        self.detached.set(true);
        let Ok(mut stage) = self.stage.try_borrow_mut() else { return };
        let gone = match &mut *stage {
            Stage::Runs(_, joiner) => (joiner.take(), None),
            ended => (None, Some(std::mem::replace(ended, Stage::Empty))),
        };
        // As above; what came out and was never asked for ends here.
        drop(stage);
        drop(gone);
    }
}
