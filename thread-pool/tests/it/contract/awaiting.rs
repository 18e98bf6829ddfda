//! Awaiting: a handle is a future, whatever the executor.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Wake, Waker};
use std::thread;

use thread_pool::Pool;

use super::{every_pool, keep, pool, submit};

every_pool!(whoever_polls_last_is_woken);

/// A small executor: one thread, one future.
struct Unpark(thread::Thread, AtomicUsize);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.1.fetch_add(1, Relaxed);
        self.0.unpark();
    }
}

fn waker() -> (Arc<Unpark>, Waker) {
    let unpark = Arc::new(Unpark(thread::current(), AtomicUsize::new(0)));
    (Arc::clone(&unpark), unpark.into())
}

fn whoever_polls_last_is_woken<P: Pool>() {
    let pool: P = pool(1);
    let open = keep(&pool);
    let mut handle = submit(&pool, || 7);
    let [(first, first_waker), (last, last_waker)] = [waker(), waker()];
    for waker in [&first_waker, &last_waker] {
        assert!(Pin::new(&mut handle).poll(&mut Context::from_waker(waker)).is_pending());
    }
    drop(open);
    while last.1.load(Relaxed) == 0 {
        thread::park();
    }
    assert_eq!((first.1.load(Relaxed), last.1.load(Relaxed)), (0, 1));
    assert!(matches!(handle.try_wait(), Some(Ok(7))));
}
