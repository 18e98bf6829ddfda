//! What `submit` returns: the way to a result that is not there yet. Python calls it a future.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::Task;
use crate::ticket::{Outcome, Ticket};

/// Waits for what comes of one task, or asks for it. Dropping it lets the task run.
#[must_use = "a result that nobody asks for hides an error"]
pub struct Handle<T: Task>(pub(crate) Arc<Ticket<T>>);

impl<T: Task> Handle<T> {
    /// Waits for what comes of the task.
    ///
    /// # Errors
    /// Why it has no result. A worker that dies is an error here, and no hang.
    ///
    /// # Panics
    /// If what came of it was taken before.
    ///
    /// # Blocking
    /// Until it is over.
    pub fn wait(self) -> Outcome<T::Output> {
        match self.0.take(None) {
            Some(outcome) => outcome,
            None => block_on(|waker| self.0.take(Some(waker)), None).expect("there is no time limit"),
        }
    }

    /// Waits at most so long; `None` if it is not over then. The task goes on: to have it killed, give it a
    /// [time limit](crate::Options::time_limit).
    ///
    /// # Panics
    /// If what came of it was taken before.
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Outcome<T::Output>> {
        // A limit that no clock reaches is none.
        block_on(|waker| self.0.take(Some(waker)), Instant::now().checked_add(limit))
    }

    /// Takes what came of the task, if it is over; does not wait.
    ///
    /// # Panics
    /// If it was taken before.
    pub fn try_wait(&mut self) -> Option<Outcome<T::Output>> {
        self.0.take(None)
    }

    /// Says whether the task is over, whatever came of it.
    pub fn is_finished(&self) -> bool {
        self.0.is_over()
    }

    /// Cancels the task if no worker has it; says whether it did.
    pub fn cancel(&self) -> bool {
        self.0.cancel()
    }

    /// Has a function called with what comes of the task: in this process, on a thread that the pool has for callbacks alone, in the order
    /// in which tasks end; or here and now, if it is over. One that panics harms no other.
    ///
    /// # Panics
    /// If what came of it was taken before; or if the callback does, here and now.
    pub fn on_done(self, callback: impl FnOnce(Outcome<T::Output>) + Send + 'static) {
        if let Some(call) = self.0.call(Box::new(callback)) {
            call();
        }
    }
}

/// So that async code can await it, on any executor.
impl<T: Task> Future for Handle<T> {
    type Output = Outcome<T::Output>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.take(Some(context.waker())).map_or(Poll::Pending, Poll::Ready)
    }
}

impl<T: Task> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handle").field("is_finished", &self.is_finished()).finish_non_exhaustive()
    }
}

/// Asks again and again until there is an answer, asleep in between, or until the deadline.
pub(crate) fn block_on<R>(mut ask: impl FnMut(&Waker) -> Option<R>, deadline: Option<Instant>) -> Option<R> {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    thread_local! {
        static WAKER: Waker = Arc::new(Unpark(thread::current())).into();
    }
    WAKER.with(|waker| {
        loop {
            if let Some(answer) = ask(waker) {
                return Some(answer);
            }
            match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                None => thread::park(),
                Some(Duration::ZERO) => return None,
                Some(left) => thread::park_timeout(left),
            }
        }
    })
}
