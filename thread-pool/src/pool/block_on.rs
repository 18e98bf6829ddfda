//! How a thread waits for something that wakes a waker: asleep, or, on a worker that can, by
//! running other jobs meanwhile.
//!
//! Whatever waits here (a handle, a scope, [`as_completed`](super::as_completed)) is a future, and
//! a thread that waits is one more executor, with one thing to do.

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Instant;

/// What a worker does while it waits.
pub(crate) trait Helper {
    /// Runs other jobs, or sleeps, until `over` says so. `over` is told how to wake this worker,
    /// and sees to it that it is woken when asking once more is worth while.
    fn wait(&self, over: &mut dyn FnMut(&Waker) -> bool);
}

thread_local! {
    static HELPER: RefCell<Option<Rc<dyn Helper>>> = const { RefCell::new(None) };
}

/// Has this thread wait with the helper's help while it works. Not longer: what waits as the thread
/// ends is no job of the pool's.
pub(crate) fn with_helper(helper: Rc<dyn Helper>, work: impl FnOnce()) {
    HELPER.set(Some(helper));
    work();
    HELPER.set(None);
}

/// Waits until the future is ready.
pub(crate) fn block_on<F: Future + Unpin>(mut future: F) -> F::Output {
    let mut ready = None;
    let mut over = |waker: &Waker| match poll(&mut future, waker) {
        Poll::Ready(output) => {
            ready = Some(output);
            true
        }
        Poll::Pending => false,
    };
    // A thread that ends has none any more.
    match HELPER.try_with(|helper| helper.borrow().clone()).ok().flatten() {
        Some(helper) => helper.wait(&mut over),
        None => {
            let waker = this_thread();
            while !over(&waker) {
                thread::park();
            }
        }
    }
    ready.expect("it is over")
}

/// Waits until the future is ready, asleep, but no longer than until the deadline.
pub(crate) fn block_until<F: Future + Unpin>(
    mut future: F,
    deadline: Instant,
) -> Option<F::Output> {
    let waker = this_thread();
    loop {
        if let Poll::Ready(output) = poll(&mut future, &waker) {
            return Some(output);
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return None;
        }
        thread::park_timeout(left);
    }
}

fn poll<F: Future + Unpin>(future: &mut F, waker: &Waker) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(waker))
}

/// Wakes the thread that asks for it.
pub(crate) fn this_thread() -> Waker {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    Arc::new(Unpark(thread::current())).into()
}
