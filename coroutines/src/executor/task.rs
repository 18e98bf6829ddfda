//! A task: one allocation with its future or its output; and the waker that points to it.
//!
//! A future is polled and dropped, and its output taken, on the executor's thread alone, so it need
//! not be `Send`. A waker may be on any thread: there it uses the inbox, and all that it keeps
//! alive is the memory.
#![expect(
    unsafe_code,
    reason = "a waker goes to other threads, and a future that stays on its own is in what it points to"
)]

use std::cell::UnsafeCell;
use std::mem::{ManuallyDrop, replace};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use super::inbox::Inbox;
use super::join::{JoinError, Joined};
use super::local::queue_here;
use super::queue::{Head, Key, Queue, Run, State, borrow};
use crate::contain::{contain, wake};

pub(super) struct Task<F: Future> {
    pub(super) head: Head,
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

// SAFETY: what is not thread-safe in a task is used and dropped on one thread, its executor's:
// - used: other threads reach a task by a waker alone, whose methods touch `inbox` and `posted`,
//   which are `Sync`, and the Arc's counts. All else is touched where the task's executor is entered
//   (`here`), through its handle, or from its slot; neither handle nor slot is `Send`.
// - dropped: another thread may drop the last Arc, and with it `stage` and `joiner`. By then `stage`
//   is `Empty`: before a slot gives a task up, `end` has dropped its future, and before a handle
//   does, `detach` has dropped its output. No panic comes between: in `run`, `end` and `shut_down`,
//   each call of foreign code is contained. A `Waker` in `joiner` is `Send`. `behind` has no
//   destructor.
unsafe impl<F: Future> Send for Task<F> {}
// SAFETY: a shared reference gives other threads no more than a waker does; as above.
unsafe impl<F: Future> Sync for Task<F> {}

impl<F: Future> Task<F> {
    pub(super) fn new(inbox: &Arc<Inbox<Waker>>, key: Key, future: F) -> Self {
        Self { head: Head::new(inbox, key), stage: UnsafeCell::new(Stage::Runs(future)) }
    }

    /// Replaces the future by its output, and wakes the task that awaits it. The destructors of the
    /// future, and of an output that nobody wants, are foreign code: they may panic, drop this
    /// task's handle, or ask it whether the task has ended.
    fn end(&self, outcome: Result<F::Output, JoinError>) {
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
        if self.head.detached.get() {
            contain(|| drop(outcome));
        } else {
            put(Stage::Ended(outcome));
        }
        self.head.state.set(State::Ended);
        if let Some(unwanted) = unwanted {
            contain(|| drop(unwanted));
        }
        wake(self.head.joiner.take());
    }

    /// Takes the output of a task that has ended.
    fn take(&self) -> Stage<F> {
        // SAFETY: it has ended, and the handle, which asks, moves one value out.
        unsafe { replace(&mut *self.stage.get(), Stage::Empty) }
    }
}

impl<F: Future + 'static> Run for Task<F> {
    fn run(self: Arc<Self>, queue: &Queue) -> Option<Key> {
        let this = ManuallyDrop::new(self);
        queue.take_out(&this.head);
        match this.head.state.get() {
            State::Runs => {
                // SAFETY: the waker is never dropped, and is lent for a poll, during which the slot
                // keeps the task.
                let waker = ManuallyDrop::new(Waker::from(unsafe { borrow(&this) }));
                // SAFETY: the task has not ended, so that this function alone uses it.
                let Stage::Runs(future) = (unsafe { &mut *this.stage.get() }) else {
                    unreachable!("its future is there until it ends");
                };
                // SAFETY: a pinned value must not move until it is dropped, nor its memory be used
                // again before. The future is in the Arc's memory, which does not move; `stage` is
                // private, and no code moves a `Runs` out of it: `end` drops it in place.
                let future = unsafe { Pin::new_unchecked(future) };
                let poll = AssertUnwindSafe(|| future.poll(&mut Context::from_waker(&waker)));
                this.end(match catch_unwind(poll) {
                    Ok(Poll::Pending) => return None,
                    Ok(Poll::Ready(output)) => Ok(output),
                    Err(panic) => Err(JoinError(Some(panic))),
                });
            }
            State::Aborted => this.end(Err(JoinError(None))),
            State::Ended => {}
        }
        // If it was queued at its end, its slot keeps it until its turn. It is not queued again.
        (!this.head.queued.replace(true)).then_some(this.head.key)
    }

    fn cancel(&self) {
        self.head.queued.set(true);
        if self.head.state.get() != State::Ended {
            self.end(Err(JoinError(None)));
        }
    }
}

impl<F: Future + 'static> Wake for Task<F> {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        // SAFETY: it goes into the queue, or is not used at all; and it is never dropped.
        let task = ManuallyDrop::new(unsafe { borrow(self) } as Arc<dyn Run>);
        if !queue_here(task, &self.head) && self.head.posted.note() {
            self.head.inbox.post(Waker::from(Arc::clone(self)));
        }
    }
}

impl<F: Future + 'static> Joined<F::Output> for Task<F> {
    fn poll_join(&self, cx: &mut Context<'_>) -> Poll<Result<F::Output, JoinError>> {
        if !self.is_finished() {
            // Foreign code, the clone of one waker and the drop of another, may end this task.
            drop(self.head.joiner.replace(Some(cx.waker().clone())));
            if !self.is_finished() {
                return Poll::Pending;
            }
        }
        match self.take() {
            Stage::Ended(outcome) => Poll::Ready(outcome),
            _ => panic!("a task's output is taken once"),
        }
    }

    fn abort(self: Arc<Self>) {
        if !self.is_finished() {
            self.head.state.set(State::Aborted);
            self.wake();
        }
    }

    fn is_finished(&self) -> bool {
        self.head.state.get() == State::Ended
    }

    fn detach(&self) {
        self.head.detached.set(true);
        let joiner = self.head.joiner.take();
        let outcome = self.is_finished().then(|| self.take());
        // Last: the destructors of both are foreign code.
        drop((joiner, outcome));
    }
}
