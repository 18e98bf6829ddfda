//! What runs jobs, and whom it tells of their panics.

use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::outcome::Payload;
use crate::Job;

/// What a pool was built to tell of panics.
pub(crate) type OnPanic = Arc<dyn Fn(Payload) + Send + Sync>;

thread_local! {
    /// The panic handler of the pool whose job this thread runs, if it runs one.
    static HANDLER: RefCell<Option<OnPanic>> = const { RefCell::new(None) };
}

/// Returns the panic handler of the pool whose job this thread runs.
pub(crate) fn handler() -> Option<OnPanic> {
    // A thread that ends runs no job any more.
    HANDLER.try_with(|handler| handler.borrow().clone()).ok().flatten()
}

/// Tells a panic handler of a panic; a panic of the handler itself ends here, unseen.
#[cold]
pub(crate) fn tell(handler: &Option<OnPanic>, panic: Payload) {
    match handler {
        Some(told) => {
            if let Err(another) = catch_unwind(AssertUnwindSafe(|| told(panic))) {
                discard(another);
            }
        }
        None => discard(panic),
    }
}

/// Drops something of the caller's that may panic as it is dropped, where nobody is left to be
/// told, or a panic is on its way already.
///
/// What it panics with is forgotten: dropped, it might panic again.
pub(crate) fn discard<T>(value: T) {
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        std::mem::forget(another);
    }
}

/// Runs jobs; their panics end here.
#[derive(Clone)]
pub(crate) struct Runner {
    on_panic: Option<OnPanic>,
}

impl Runner {
    pub(crate) fn new(on_panic: Option<OnPanic>) -> Self {
        Self { on_panic }
    }

    /// Runs a job on a thread of the pool.
    pub(crate) fn run(&self, job: Job) {
        self.catch(|| job.run());
    }

    /// Runs a job on a thread that is not the pool's, or of which that is not known.
    pub(crate) fn run_in_caller(&self, job: Job) {
        self.as_handler(|| self.run(job));
    }

    /// Has this thread count as the pool's while it does something.
    pub(crate) fn as_handler(&self, work: impl FnOnce()) {
        let set = |handler| HANDLER.try_with(|this| this.replace(handler)).ok().flatten();
        let before = set(self.on_panic.clone());
        let panic = catch_unwind(AssertUnwindSafe(work)).err();
        discard(set(before));
        if let Some(panic) = panic {
            self.tell(panic);
        }
    }

    /// Does something that may panic, of which the panic handler is told.
    pub(crate) fn catch(&self, work: impl FnOnce()) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(work)) {
            self.tell(panic);
        }
    }

    #[cold]
    fn tell(&self, panic: Payload) {
        tell(&self.on_panic, panic);
    }
}

impl fmt::Debug for Runner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Runner")
    }
}
