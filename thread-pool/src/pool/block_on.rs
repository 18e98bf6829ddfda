//! How a thread waits for a future: parked, or, on a worker that helps, by running other jobs
//! meanwhile.
//!
//! What is waited for (a handle, a scope, [`as_completed`](super::as_completed)) is a future, and a
//! thread that waits is an executor of one future.

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
    /// Runs other jobs, or parks, until `over` returns true. `over` is given a waker for this worker,
    /// which it wakes when polling once more is worth while.
    fn wait(&self, over: &mut dyn FnMut(&Waker) -> bool);
}

thread_local! {
    static HELPER: RefCell<Option<Rc<dyn Helper>>> = const { RefCell::new(None) };
}

/// Makes `helper` what this thread waits with while it calls `work`. Not longer: what waits as the
/// thread ends is no job of the pool's.
pub(crate) fn with_helper(helper: Rc<dyn Helper>, work: impl FnOnce()) {
    HELPER.set(Some(helper));
    work();
    HELPER.set(None);
}

pub(crate) fn block_on<F: Future + Unpin>(mut future: F) -> F::Output {
    let mut ready = None;
    let mut over = |waker: &Waker| {
        if let Poll::Ready(output) = poll(&mut future, waker) {
            ready = Some(output);
        }
        ready.is_some()
    };
    // None either on a thread whose thread-locals are destroyed.
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

/// Waits until the future is ready, parked, or until the deadline.
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

pub(crate) fn this_thread() -> Waker {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    Arc::new(Unpark(thread::current())).into()
}
