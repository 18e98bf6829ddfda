//! What `submit` returns: the way to a result that is not there yet. Python calls it a future.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;
use std::time::{Duration, Instant};

use super::task::Task;
use super::task_state::{Outcome, TaskState};

/// Waits for what comes of one task, or asks for it. Dropping it lets the task run.
#[must_use = "a result that nobody asks for hides an error"]
pub struct Handle<T: Task>(pub(crate) Arc<TaskState<T>>);

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
        block_on(|waker| self.0.take(waker), self.is_sole(), None).expect("there is no time limit")
    }

    /// Waits at most so long; `None` if it is not over then. The task goes on: to have it killed,
    /// give it a [time limit](crate::Options::time_limit).
    ///
    /// # Panics
    /// If what came of it was taken before.
    pub fn wait_timeout(&mut self, limit: Duration) -> Option<Outcome<T::Output>> {
        // A limit that no clock reaches is none.
        block_on(|waker| self.0.take(waker), self.is_sole(), Instant::now().checked_add(limit))
    }

    /// Takes what came of the task, if it is over; does not wait.
    ///
    /// # Panics
    /// If it was taken before.
    pub fn try_wait(&mut self) -> Option<Outcome<T::Output>> {
        self.0.take(None)
    }

    fn is_sole(&self) -> bool {
        // Relaxed: it was noted before there was this handle.
        self.0.is_sole.load(Relaxed)
    }

    /// Says whether the task is over, whatever came of it.
    pub fn is_finished(&self) -> bool {
        self.0.is_over()
    }

    /// Cancels the task if no worker has it; says whether it did.
    pub fn cancel(&self) -> bool {
        self.0.cancel()
    }

    /// Has a function called with what comes of the task: in this process, on a thread that the
    /// pool has for callbacks alone, in the order in which tasks end; or here and now, if it is
    /// over. One that panics harms no other.
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

/// How long who waits for a lone task looks before sleeping. A small one is back by then; and to
/// wake a thread costs more than it.
const LOOKS: Duration = Duration::from_micros(100);

/// Asks again and again until there is an answer, or until the deadline: asleep in between, but for
/// a moment before, if it is to look.
pub(crate) fn block_on<R>(
    mut ask: impl FnMut(Option<&Waker>) -> Option<R>,
    looks: bool,
    deadline: Option<Instant>,
) -> Option<R> {
    thread_local! {
        static WAKER: (Arc<Parker>, Waker) = Parker::new();
    }
    if let Some(answer) = ask(None) {
        return Some(answer);
    }
    let until = Instant::now() + LOOKS;
    let until = deadline.map_or(until, |deadline| deadline.min(until));
    while looks && Instant::now() < until {
        // Others may be on this core, and have to do what is waited for.
        thread::yield_now();
        if let Some(answer) = ask(None) {
            return Some(answer);
        }
    }
    // While what the thread has of its own is destroyed, there is none of these any more: then it
    // makes one for this once.
    let (parker, waker) = WAKER.try_with(Clone::clone).unwrap_or_else(|_| Parker::new());
    loop {
        if let Some(answer) = ask(Some(&waker)) {
            return Some(answer);
        }
        if !parker.park(deadline) {
            return None;
        }
    }
}

/// What a thread sleeps at. `std::thread::park` would do, but needs the thread's own handle, which
/// may be destroyed already.
#[derive(Default)]
struct Parker {
    /// Whether it sleeps, or was woken: only the change between the two costs a system call.
    state: Mutex<Parked>,
    woken: Condvar,
}

#[derive(Clone, Copy, Default, PartialEq)]
enum Parked {
    #[default]
    Awake,
    Asleep,
    Woken,
}

impl Parker {
    fn new() -> (Arc<Self>, Waker) {
        let parker = Arc::<Self>::default();
        (Arc::clone(&parker), parker.into())
    }

    fn state(&self) -> MutexGuard<'_, Parked> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until it is woken, if it was not already; says whether it was, and not too late.
    fn park(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.state();
        loop {
            if *state == Parked::Woken {
                *state = Parked::Awake;
                return true;
            }
            *state = Parked::Asleep;
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            state = match left {
                None => self.woken.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => {
                    *state = Parked::Awake;
                    return false;
                }
                Some(left) => {
                    self.woken.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        let before = std::mem::replace(&mut *self.state(), Parked::Woken);
        if before == Parked::Asleep {
            self.woken.notify_one();
        }
    }
}
