//! A task: one allocation with its future or its output; and the waker that points to it.
//!
//! A future is polled and dropped, and its output taken, on the executor's thread alone, so it need
//! not be `Send`. A waker may be on any thread: there it uses the inbox, and all that it keeps
//! alive is the memory.
#![expect(
    unsafe_code,
    reason = "a waker goes to other threads, and a future that stays on its own is in what it points to"
)]

use std::cell::{Cell, RefCell};
use std::mem::{ManuallyDrop, replace};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use super::inbox::{Inbox, Posted};
use super::join::{JoinError, Joined};
use super::local::{Key, queue_here};
use crate::contain::{contain, wake};

pub(super) struct Task<F: Future> {
    /// Its executor, as other threads know it.
    inbox: Arc<Inbox<Waker>>,
    key: Key,
    /// Another thread has put it into the inbox since its last poll.
    posted: Posted,
    /// It is in the run queue; or it has ended, and must not be queued again.
    pub(super) queued: Cell<bool>,
    /// Its future is to be dropped, not polled.
    aborted: Cell<bool>,
    /// Its handle is dropped: nobody will ask for its output.
    detached: Cell<bool>,
    /// The waker of the task that awaits its end.
    joiner: Cell<Option<Waker>>,
    stage: RefCell<Stage<F>>,
}

enum Stage<F: Future> {
    Runs(F),
    Ended(Result<F::Output, JoinError>),
    /// The output was taken, or dropped.
    Empty,
}

// SAFETY: what is not thread-safe in a task is used and dropped on one thread, its executor's:
// - used: other threads reach a task by a waker alone, whose methods touch `inbox` and `posted`,
//   which are `Sync`, and the Arc's counts. All else is touched where the task's executor is entered
//   (`here`), through its handle, or from its slot; neither handle nor slot is `Send`.
// - dropped: another thread may drop the last Arc, and with it `stage` and `joiner`. By then `stage`
//   is `Empty`: before a slot gives a task up, `end` has dropped its future, and before a handle
//   does, `detach` has dropped its output. No panic comes between: in `run`, `end` and `shut_down`,
//   each call of foreign code is contained. A `Waker` in `joiner` is `Send`.
unsafe impl<F: Future> Send for Task<F> {}
// SAFETY: a shared reference gives other threads no more than a waker does; as above.
unsafe impl<F: Future> Sync for Task<F> {}

/// What a slot asks of a task, whatever its future.
pub(super) trait Run {
    /// Polls it, or drops its future if it was aborted; returns it if it is pending.
    fn run(self: Arc<Self>) -> Option<Arc<dyn Run>>;
    /// Drops its future.
    fn cancel(&self);
}

impl<F: Future> Task<F> {
    pub(super) fn new(inbox: &Arc<Inbox<Waker>>, key: Key, future: F) -> Self {
        let (inbox, posted, joiner) = (Arc::clone(inbox), Posted::new(), Cell::new(None));
        let [queued, aborted, detached] = [(); 3].map(|()| Cell::new(false));
        let stage = RefCell::new(Stage::Runs(future));
        Self { inbox, key, posted, queued, aborted, detached, joiner, stage }
    }

    /// Notes that it is no longer in the queue. Before it is polled: a wake-up during the poll means
    /// another poll.
    pub(super) fn take_out(&self) {
        self.queued.set(false);
        self.posted.clear();
    }

    fn poll(self: &Arc<Self>) -> std::thread::Result<Poll<F::Output>>
    where
        F: 'static,
    {
        // SAFETY: `from_raw` asks for a pointer that `Arc::into_raw` could have returned, which
        // `as_ptr` is, and for a count of its own: the caller's, which lives for longer
        // than the waker is used, and the waker is never dropped, so that the count stays.
        let waker = ManuallyDrop::new(Waker::from(unsafe { Arc::from_raw(Arc::as_ptr(self)) }));
        catch_unwind(AssertUnwindSafe(|| match &mut *self.stage.borrow_mut() {
            Stage::Runs(future) => {
                // SAFETY: a pinned value must not move until it is dropped, nor its memory be used
                // again before. The future is in the Arc's memory, which does not move; `stage` is
                // private, and no code moves a `Runs` out of it: `end` drops it in place.
                let future = unsafe { Pin::new_unchecked(future) };
                future.poll(&mut Context::from_waker(&waker))
            }
            _ => unreachable!("a task that has ended is in no slot"),
        }))
    }

    /// Replaces the future by its output, and wakes the task that awaits it. The destructors of the
    /// future, and of an output that nobody wants, are foreign code: they may panic, drop this
    /// task's handle, or ask it whether the task has ended.
    fn end(&self, outcome: Result<F::Output, JoinError>) {
        // The future is dropped where it was pinned.
        let dropped = catch_unwind(AssertUnwindSafe(|| *self.stage.borrow_mut() = Stage::Empty));
        let mut unwanted = None;
        let outcome = match dropped {
            Ok(()) => outcome,
            Err(panic) => {
                unwanted = Some(outcome);
                Err(JoinError(Some(panic)))
            }
        };
        if !self.detached.get() {
            *self.stage.borrow_mut() = Stage::Ended(outcome);
        } else {
            contain(|| drop(outcome));
        }
        contain(|| drop(unwanted));
        wake(self.joiner.take());
    }
}

impl<F: Future + 'static> Run for Task<F> {
    fn run(self: Arc<Self>) -> Option<Arc<dyn Run>> {
        self.take_out();
        let outcome = match (!self.aborted.get()).then(|| self.poll()) {
            Some(Ok(Poll::Pending)) => return Some(self),
            Some(Ok(Poll::Ready(output))) => Ok(output),
            Some(Err(panic)) => Err(JoinError(Some(panic))),
            None => Err(JoinError(None)),
        };
        self.end(outcome);
        // Once more, so that its slot becomes free; `queued` stays set from here on.
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
        if !queue_here(&self.inbox, &self.queued, self.key) && self.posted.note() {
            self.inbox.post(Waker::from(Arc::clone(self)));
        }
    }
}

impl<F: Future + 'static> Joined<F::Output> for Task<F> {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<F::Output, JoinError>> {
        if !self.is_finished() {
            // Foreign code, the clone of one waker and the drop of another, may end this task.
            drop(self.joiner.replace(Some(cx.waker().clone())));
            if !self.is_finished() {
                return Poll::Pending;
            }
        }
        match replace(&mut *self.stage.borrow_mut(), Stage::Empty) {
            Stage::Ended(outcome) => Poll::Ready(outcome),
            _ => panic!("a task's output is taken once"),
        }
    }

    fn abort(self: Arc<Self>) {
        self.aborted.set(true);
        self.wake();
    }

    fn is_finished(&self) -> bool {
        // It is borrowed while the future is polled or dropped.
        self.stage.try_borrow().is_ok_and(|stage| !matches!(*stage, Stage::Runs(_)))
    }

    fn detach(&self) {
        self.detached.set(true);
        let joiner = self.joiner.take();
        let outcome =
            self.is_finished().then(|| replace(&mut *self.stage.borrow_mut(), Stage::Empty));
        // Last: the destructors of both are foreign code.
        drop((joiner, outcome));
    }
}
