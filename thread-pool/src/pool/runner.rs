//! What runs jobs, and where their panics are reported.

use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::outcome::Payload;
use crate::Job;

/// A pool's panic handler.
pub(crate) type OnPanic = Arc<dyn Fn(Payload) + Send + Sync>;

thread_local! {
    /// The panic handler of the pool whose job this thread runs, if it runs one.
    static HANDLER: RefCell<Option<OnPanic>> = const { RefCell::new(None) };
}

pub(crate) fn handler() -> Option<OnPanic> {
    // None either on a thread whose thread-locals are destroyed.
    HANDLER.try_with(|handler| handler.borrow().clone()).ok().flatten()
}

/// Reports a panic to a panic handler; a panic of the handler itself is dropped.
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

/// Drops a value whose destructor may panic, where that can be reported to nothing, or a panic is
/// unwinding already. The payload is forgotten: dropped, it might panic again.
pub(crate) fn discard<T>(value: T) {
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(value))) {
        std::mem::forget(another);
    }
}

/// A guard that aborts where unwinding would free what another thread still uses. To be forgotten.
pub(crate) struct AbortOnUnwind;

impl Drop for AbortOnUnwind {
    fn drop(&mut self) {
        std::process::abort();
    }
}

/// What runs jobs and catches their panics.
#[derive(Clone, Default)]
pub(crate) struct Runner {
    on_panic: Option<OnPanic>,
}

impl Runner {
    pub(crate) fn new(told: impl Fn(Payload) + Send + Sync + 'static) -> Self {
        Self { on_panic: Some(Arc::new(told)) }
    }

    /// Runs a job on a thread of the pool; a panic is reported to the panic handler.
    pub(crate) fn run(&self, job: Job) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| job.run())) {
            self.tell(panic);
        }
    }

    /// Makes this pool's panic handler the thread's while it calls a function, whose panic it is told.
    pub(crate) fn as_handler(&self, work: impl FnOnce()) {
        let set = |handler| HANDLER.try_with(|this| this.replace(handler)).ok().flatten();
        let before = set(self.on_panic.clone());
        let panic = catch_unwind(AssertUnwindSafe(work)).err();
        discard(set(before));
        if let Some(panic) = panic {
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
