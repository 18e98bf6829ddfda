//! Calls of foreign code: a waker, or the destructor of a value, which may panic.

use std::any::Any;
use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::task::Waker;

/// Runs it. Its panic is reported by the panic hook, and goes no further.
#[inline]
pub(crate) fn contain(run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        swallow(panic);
    }
}

#[cold]
fn swallow(panic: Box<dyn Any + Send>) {
    // The payload has a destructor, too, which may panic; that of the second panic is not run.
    forget(catch_unwind(AssertUnwindSafe(|| drop(panic))));
}

/// Wakes a task, if there is one.
#[inline]
pub(crate) fn wake(waker: Option<Waker>) {
    if let Some(waker) = waker {
        contain(|| waker.wake());
    }
}
