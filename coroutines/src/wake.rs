//! The core of every executor: it polls, and while there is nothing to poll, its thread sleeps. A
//! wake-up may come at any moment, also between the executor's check and its sleep.
//!
//! All variants share one `block_on`, for a single future, and differ in their `Sleeper`. Each is
//! given a synchronisation point, with which a real run widens the race window: the executor stays
//! in it until the other thread has woken it. An executor with a run queue and timers is
//! [`crate::executor`], which sleeps as [`parked`] does.

use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::sync::atomic::{AtomicBool, Ordering::SeqCst};
use super::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use super::thread;

/// A way for a thread to sleep until it is woken; it is made on that thread.
trait Sleeper: Default + Send + Sync + 'static {
    /// Sleeps until it is woken; returns at once if it was woken since its last sleep. `window` is
    /// the moment in which a wake-up can be lost.
    fn sleep(&self, window: &SyncPoint);

    /// Wakes the thread, from any other one.
    fn wake(&self);
}

#[derive(Default)]
struct CheckThenPark {
    woken: AtomicBool,
    mutex: Mutex<()>,
    changed: Condvar,
}

impl Sleeper for CheckThenPark {
    fn sleep(&self, window: &SyncPoint) {
        if !self.woken.swap(false, SeqCst) {
            info!("checks: no wake-up yet");
            pause(window);
            let _waits = info_span!("waits", what = "a wake");
            let guard = lock(&self.mutex);
            drop(self.changed.wait(guard).unwrap_or_else(PoisonError::into_inner));
        }
    }

    fn wake(&self) {
        self.woken.store(true, SeqCst);
        self.changed.notify_one();
    }
}

/// Runs the variant that checks a flag and then sleeps, in two steps: a wake-up between them finds
/// nobody asleep, and no other one comes.
///
/// # Blocking
/// For ever, if the wake-up is lost.
pub fn check_then_park(window: &SyncPoint) -> u32 {
    run::<CheckThenPark>(window)
}

/// Checks and sleeps in one step, under a lock.
#[derive(Default)]
struct Locked<const CLEARS_BEFORE: bool> {
    woken: Mutex<bool>,
    changed: Condvar,
}

impl<const CLEARS_BEFORE: bool> Sleeper for Locked<CLEARS_BEFORE> {
    fn sleep(&self, window: &SyncPoint) {
        pause(window);
        let mut woken = lock(&self.woken);
        if CLEARS_BEFORE {
            *woken = false;
            info!("clears the flag");
        }
        let _waits = info_span!("waits", what = "a wake");
        let woken = self.changed.wait_while(woken, |woken| !*woken);
        *woken.unwrap_or_else(PoisonError::into_inner) = false;
    }

    fn wake(&self) {
        *lock(&self.woken) = true;
        self.changed.notify_one();
    }
}

/// Runs the variant that checks and sleeps in one step, under a lock, but clears the flag right
/// before: a wake-up that came during the poll, or right after it, is cleared as well.
///
/// # Blocking
/// For ever, if the wake-up is lost.
pub fn cleared_late(window: &SyncPoint) -> u32 {
    run::<Locked<true>>(window)
}

/// Runs the variant that checks, sleeps and clears the flag in one critical section: the flag is
/// cleared by the check that finds it set.
pub fn locked(window: &SyncPoint) -> u32 {
    run::<Locked<false>>(window)
}

struct Parked(thread::Thread);

impl Default for Parked {
    fn default() -> Self {
        Self(thread::current())
    }
}

impl Sleeper for Parked {
    fn sleep(&self, window: &SyncPoint) {
        pause(window);
        let _waits = info_span!("waits", what = "a wake");
        thread::park();
    }

    fn wake(&self) {
        self.0.unpark();
    }
}

/// Runs the variant that uses what a thread has for it: `unpark` leaves a token, and the next
/// `park` consumes it instead of sleeping. A `park` may also return spuriously: then the future is
/// polled once more, in vain.
pub fn parked(window: &SyncPoint) -> u32 {
    run::<Parked>(window)
}

/// What std makes a waker of: an `Arc` of something that can wake.
struct Wakes<S>(S);

impl<S: Sleeper> Wake for Wakes<S> {
    fn wake(self: Arc<Self>) {
        self.0.wake();
    }
}

/// Runs a future on this thread; returns what comes out of it.
fn block_on<S: Sleeper, F: Future>(future: F, window: &SyncPoint) -> F::Output {
    let mut future = pin!(future);
    let sleeper = Arc::new(Wakes(S::default()));
    let waker = Waker::from(Arc::clone(&sleeper));
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => sleeper.0.sleep(window),
        }
    }
}

/// A signal that another thread sets, once.
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
        // Without holding the lock: a waker is foreign code.
        if let Some(waker) = waker {
            waker.wake();
            info!("has woken the task");
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Stays in the window until the other thread is done; returns at once the next time.
fn pause(window: &SyncPoint) {
    window.arrive();
    window.wait_for(2);
}

/// How long a step takes, to be seen in the lanes.
const PACE: Duration = Duration::from_millis(5);

/// The future gives up at this poll. A `park` may return spuriously, under the model checker as
/// often as it likes: without a bound, its search would have no end.
pub const MOST_POLLS: u32 = 4;

/// Lets thread `executor` run a future that thread `t2` makes ready; returns the number of polls.
fn run<S: Sleeper>(window: &SyncPoint) -> u32 {
    let signal = Arc::new(Signal::default());
    let (signal2, window, window2) = (Arc::clone(&signal), window.clone(), window.clone());
    let executor = start("executor", move || {
        let mut polls = 0;
        let future = std::future::poll_fn(|cx| {
            let _runs = info_span!("runs", what = "polls");
            window.linger(PACE);
            polls += 1;
            if polls == MOST_POLLS { Poll::Ready(()) } else { signal.poll(cx) }
        });
        block_on::<S, _>(future, &window);
        polls
    });
    let setter = start("t2", move || {
        // The executor is in the window.
        window2.wait_for(1);
        let _runs = info_span!("runs", what = "wakes");
        signal2.set();
        window2.linger(PACE);
        window2.arrive();
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
