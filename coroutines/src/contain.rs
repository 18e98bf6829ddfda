//! Calls of code that is not this crate's: a waker, or the destructor of a value. It may panic, and
//! what has called it has to go on.

use std::mem::forget;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs it. Its panic is reported by the panic hook, and goes no further.
pub(crate) fn contain(run: impl FnOnce()) {
    if let Err(panic) = catch_unwind(AssertUnwindSafe(run)) {
        // What was panicked with has a destructor, too, and that of the second panic is not run.
        forget(catch_unwind(AssertUnwindSafe(|| drop(panic))));
    }
}
