//! The sleep of an executor. While there is nothing to poll, its thread sleeps; a wake-up may come
//! at any moment, also between the last check and the sleep. If it is lost, the thread sleeps on.
//!
//! The variants share one `block_on`, for a single future, and differ in how they sleep and wake.
//! In a real run, the executor stays in the race window until the other thread has woken it.

use std::future::poll_fn;
use std::mem::replace;
use std::pin::pin;
use std::task::{Context, Poll, Wake, Waker};

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{finish, lock, start, wait, wait_while};
use super::sync::atomic::{AtomicBool, Ordering::SeqCst};
use super::sync::{Arc, Condvar, Mutex};
use super::thread::{self, Thread};

/// What a thread sleeps on; a variant uses a part of it.
struct Sleeper {
    flag: AtomicBool,
    woken: Mutex<bool>,
    changed: Condvar,
    thread: Thread,
    /// The moment in which a wake-up can be lost.
    window: SyncPoint,
    wake: fn(&Self),
}

impl Wake for Sleeper {
    fn wake(self: Arc<Self>) {
        (self.wake)(&self);
    }
}

/// Runs the variant that checks a flag and then sleeps, in two steps: a wake-up between them finds
/// nobody asleep, and no other one comes.
pub fn check_then_park(window: &SyncPoint) -> u32 {
    let sleep = |it: &Sleeper| {
        if !it.flag.swap(false, SeqCst) {
            info!("checks: no wake-up yet");
            it.window.meet();
            let _waits = info_span!("waits", what = "a wake");
            drop(wait(&it.changed, lock(&it.woken)));
        }
    };
    run(window, sleep, |it| {
        it.flag.store(true, SeqCst);
        it.changed.notify_one();
    })
}

/// Runs the variant that checks, sleeps and clears the flag in one critical section: the flag is
/// cleared by the check that finds it set. With `CLEARED_LATE`, it is cleared right before as well,
/// and with it a wake-up that came during the poll, or right after it.
pub fn locked<const CLEARED_LATE: bool>(window: &SyncPoint) -> u32 {
    let sleep = |it: &Sleeper| {
        it.window.meet();
        let mut woken = lock(&it.woken);
        if CLEARED_LATE {
            *woken = false;
            info!("clears the flag");
        }
        let _waits = info_span!("waits", what = "a wake");
        *wait_while(&it.changed, woken, |woken| !*woken) = false;
    };
    run(window, sleep, |it| {
        *lock(&it.woken) = true;
        it.changed.notify_one();
    })
}

/// Runs the variant that uses what a thread has for it: `unpark` leaves a token, and the next
/// `park` consumes it instead of sleeping. A `park` may also return spuriously: then the future is
/// polled once more, in vain.
pub fn parked(window: &SyncPoint) -> u32 {
    let sleep = |it: &Sleeper| {
        it.window.meet();
        let _waits = info_span!("waits", what = "a wake");
        thread::park();
    };
    run(window, sleep, |it| it.thread.unpark())
}

/// The executor gives up at this poll. A `park` may return spuriously, under the model checker as
/// often as it likes: without a bound, its search would have no end.
pub const MOST_POLLS: u32 = 4;

/// Polls the future until it is ready, and sleeps in between; returns the number of polls.
fn block_on(future: impl Future, sleeper: &Arc<Sleeper>, sleep: fn(&Sleeper)) -> u32 {
    let waker = Waker::from(Arc::clone(sleeper));
    let (mut context, mut future) = (Context::from_waker(&waker), pin!(future));
    let mut polls = 1;
    while polls < MOST_POLLS && future.as_mut().poll(&mut context).is_pending() {
        sleep(sleeper);
        polls += 1;
    }
    polls
}

/// Lets thread `executor` run a future that thread `t2` makes ready; returns the number of polls.
fn run(point: &SyncPoint, sleep: fn(&Sleeper), wake: fn(&Sleeper)) -> u32 {
    let signal = Arc::new(Mutex::new((false, Waker::noop().clone())));
    let (signal2, window, point) = (Arc::clone(&signal), point.clone(), point.clone());
    let executor = start("executor", move || {
        let ((flag, woken, changed), thread) = (Default::default(), thread::current());
        let sleeper = Arc::new(Sleeper { flag, woken, changed, thread, window, wake });
        let future = poll_fn(|cx| {
            let _runs = info_span!("runs", what = "polls");
            sleeper.window.work();
            let (ready, waker) = &mut *lock(&signal);
            waker.clone_from(cx.waker());
            info!("polls: {}", if *ready { "it is ready" } else { "not ready" });
            if *ready { Poll::Ready(()) } else { Poll::Pending }
        });
        block_on(future, &sleeper, sleep)
    });
    let setter = start("t2", move || {
        // The executor is in the window.
        point.wait_for(1);
        let _runs = info_span!("runs", what = "wakes");
        let (_, waker) = replace(&mut *lock(&signal2), (true, Waker::noop().clone()));
        info!("sets the signal");
        // Without holding the lock: a waker is foreign code.
        waker.wake();
        point.work();
        point.arrive();
    });
    finish(setter);
    finish(executor)
}
