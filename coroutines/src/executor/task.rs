//! A task: one piece of memory with its future, or what came out of it; and the waker that points
//! to it.
//!
//! A future is polled, dropped, and its output taken, on the executor's thread alone, so it need
//! not be `Send`. A waker may be anywhere: to other threads it gives the inbox, and all that it
//! keeps alive is the memory.
#![expect(
    unsafe_code,
    reason = "a waker goes to other threads, and a future that stays on its own is in what it points to"
)]

use std::cell::{Cell, RefCell};
use std::mem::{ManuallyDrop, replace};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::ptr;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use super::inbox::{Inbox, Posted};
use super::join::{JoinError, Joined};
use super::local::{Key, Local, here};
use crate::contain::contain;

pub(super) struct Task<F: Future> {
    /// The executor that it belongs to, as other threads know it.
    inbox: Arc<Inbox<Waker>>,
    key: Key,
    /// Another thread has put it into the inbox since its last poll.
    posted: Posted,
    /// It is in the run queue; or has ended, and must not come there again.
    queued: Cell<bool>,
    /// Its future is to be dropped, not polled.
    aborted: Cell<bool>,
    /// Nobody will ask what came out of it.
    detached: Cell<bool>,
    /// Who waits for its end.
    joiner: Cell<Option<Waker>>,
    stage: RefCell<Stage<F>>,
}

enum Stage<F: Future> {
    Runs(F),
    Ended(Result<F::Output, JoinError>),
    /// What came out of it was taken, or dropped.
    Empty,
}

// SAFETY: other threads reach a task by a waker alone. They use `inbox` and `posted`, which are for
// all threads, and the Arc's counts; all else is used where the task's executor is entered
// (`here`), or by its handle or from its slot, neither of which can be sent: on one thread. They
// may be the last to drop it; then its stage is empty: before a slot gives a task up, its future is
// dropped, and before a handle does, what came out is. Nothing that panics comes between: in `run`,
// `end` and `shut_down`, each call of foreign code is contained.
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
        Self {
            inbox,
            key,
            posted: Posted::new(),
            queued: Cell::new(false),
            aborted: Cell::new(false),
            detached: Cell::new(false),
            joiner: Cell::new(None),
            stage: RefCell::new(Stage::Runs(future)),
        }
    }

    /// Puts it into its executor's queue, unless it is there.
    pub(super) fn queue(&self, local: &Local) {
        if !self.queued.replace(true) {
            local.queue(self.key);
        }
    }

    /// Says that it is not in the queue any more. Before it is polled: who wakes it meanwhile means
    /// another poll.
    pub(super) fn take_out(&self) {
        self.queued.set(false);
        self.posted.clear();
    }

    fn poll(self: &Arc<Self>) -> std::thread::Result<Poll<F::Output>>
    where
        F: 'static,
    {
        // SAFETY: this count of the Arc is the caller's, who has it for longer; the waker is never
        // dropped, so that it is not given back.
        let waker = ManuallyDrop::new(Waker::from(unsafe { Arc::from_raw(Arc::as_ptr(self)) }));
        catch_unwind(AssertUnwindSafe(|| match &mut *self.stage.borrow_mut() {
            Stage::Runs(future) => {
                // SAFETY: the future is in the Arc's memory, and nobody moves it: `end` drops it
                // where it is.
                let future = unsafe { Pin::new_unchecked(future) };
                future.poll(&mut Context::from_waker(&waker))
            }
            Stage::Ended(_) | Stage::Empty => unreachable!("it has ended, and is in no slot"),
        }))
    }

    /// Puts what came out in the place of the future, and wakes who waits for it. The ends of the
    /// future, and of what nobody wants, are foreign code: it may panic, drop this task's handle,
    /// or ask it whether the task has ended.
    fn end(&self, outcome: Result<F::Output, JoinError>) {
        // The future is dropped where it was pinned.
        let dropped = catch_unwind(AssertUnwindSafe(|| *self.stage.borrow_mut() = Stage::Empty));
        let (outcome, gone) = match dropped {
            Ok(()) => (outcome, None),
            Err(panic) => (Err(JoinError(Some(panic))), Some(outcome)),
        };
        let unwanted = if self.detached.get() {
            Some(outcome)
        } else {
            *self.stage.borrow_mut() = Stage::Ended(outcome);
            None
        };
        [gone, unwanted].into_iter().flatten().for_each(|outcome| contain(|| drop(outcome)));
        if let Some(joiner) = self.joiner.take() {
            contain(|| joiner.wake());
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
        let queue = |local: &Rc<Local>| {
            let is_ours = ptr::eq(&*local.inbox, &*self.inbox);
            if is_ours {
                self.queue(local);
            }
            is_ours
        };
        if here(queue) != Some(true) && self.posted.note() {
            self.inbox.post(Waker::from(Arc::clone(self)));
        }
    }
}

impl<F: Future + 'static> Joined<F::Output> for Task<F> {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<F::Output, JoinError>> {
        if !self.is_finished() {
            // Both the making of a waker and the end of the one before are foreign code, which may
            // end this task.
            drop(self.joiner.replace(Some(cx.waker().clone())));
            if !self.is_finished() {
                return Poll::Pending;
            }
        }
        match replace(&mut *self.stage.borrow_mut(), Stage::Empty) {
            Stage::Ended(outcome) => Poll::Ready(outcome),
            _ => panic!("a task's end is told once"),
        }
    }

    fn abort(self: Arc<Self>) {
        self.aborted.set(true);
        self.wake();
    }

    fn is_finished(&self) -> bool {
        // It is borrowed while its future is polled or dropped.
        self.stage.try_borrow().is_ok_and(|stage| !matches!(*stage, Stage::Runs(_)))
    }

    fn detach(&self) {
        self.detached.set(true);
        let joiner = self.joiner.take();
        let outcome =
            self.is_finished().then(|| replace(&mut *self.stage.borrow_mut(), Stage::Empty));
        // Last: both are foreign code.
        drop((joiner, outcome));
    }
}
