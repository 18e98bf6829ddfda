//! The heart of every executor: it polls, and while there is nothing to poll, its thread sleeps.
//! Whoever wakes a task may do so at any moment, also in the one between the executor's last look
//! and its sleep.
//!
//! All forms have the same `block_on`, for a single future, and differ in how their `Sleeper`
//! sleeps and is woken. What is here is an executor's smallest core; one with a run queue and
//! timers is [`crate::executor`], which sleeps as [`parked`] does.

use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};

use tracing::{info, info_span};

use super::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, atomic};
use super::thread;
use crate::Window;

pub mod locked;
pub mod looks_then_sleeps;
pub mod parked;
pub mod wiped_late;

/// Says how a thread sleeps until it is woken. It is made on that thread.
trait Sleeper: Default + Send + Sync + 'static {
    /// Sleeps until it is woken; not at all if it has been, since it slept last. The window is its
    /// weakest moment.
    fn sleep(&self, window: &Window);

    /// Wakes the thread, from any other.
    fn wake(&self);
}

/// What std makes a waker of: an `Arc` of something that can wake.
struct Wakes<S>(S);

impl<S: Sleeper> Wake for Wakes<S> {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

/// Runs a future on this thread. Returns what comes out of it, and how often it was polled.
fn block_on<S: Sleeper, F: Future>(future: F, window: &Window) -> (F::Output, u32) {
    let (mut future, mut polls) = (pin!(future), 0);
    let sleeper = Arc::new(Wakes(S::default()));
    let waker = Waker::from(Arc::clone(&sleeper));
    loop {
        polls += 1;
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return (output, polls),
            Poll::Pending => sleeper.0.sleep(window),
        }
    }
}

/// Is set once, by another thread.
#[derive(Debug, Default)]
struct Signal(Mutex<(bool, Option<Waker>)>);

impl Signal {
    fn poll(&self, cx: &Context<'_>) -> Poll<()> {
        let mut state = lock(&self.0);
        if state.0 {
            info!("polls: it is ready");
            return Poll::Ready(());
        }
        state.1 = Some(cx.waker().clone());
        info!("polls: not ready");
        Poll::Pending
    }

    fn set(&self) {
        let waker = {
            let mut state = lock(&self.0);
            state.0 = true;
            state.1.take()
        };
        info!("sets the signal");
        // Without the lock in hand: a waker may do anything.
        if let Some(waker) = waker {
            waker.wake();
            info!("has woken the task");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Lets thread `executor` run a future that thread `t2` makes ready. Returns how often it was
/// polled.
fn run<S: Sleeper>(window: &Window) -> u32 {
    let signal = Arc::new(Signal::default());
    let (signal2, window, window2) = (Arc::clone(&signal), window.clone(), window.clone());
    let executor = start("executor", move || {
        let future = std::future::poll_fn(|cx| {
            let _runs = info_span!("runs", what = "polls");
            window.work();
            signal.poll(cx)
        });
        block_on::<S, _>(future, &window).1
    });
    let setter = start("t2", move || {
        window2.inside(|| {
            let _runs = info_span!("runs", what = "wakes");
            signal2.set();
            window2.work();
        });
    });
    setter.join().expect("it does not panic");
    executor.join().expect("it does not panic")
}

fn start<R: Send + 'static>(
    name: &str,
    body: impl FnOnce() -> R + Send + 'static,
) -> thread::JoinHandle<R> {
    let builder = thread::Builder::new().name(name.to_owned());
    builder.spawn(body).expect("the system has room for another thread")
}
