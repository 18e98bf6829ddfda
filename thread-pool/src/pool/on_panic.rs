//! Where a panic is reported that no handle takes.

use std::cell::RefCell;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::outcome::Payload;
use crate::Job;

/// A pool's panic handler, if it has one, and with it what runs jobs and catches their panics.
#[derive(Clone, Default)]
pub(crate) struct OnPanic(Option<Arc<dyn Fn(Payload) + Send + Sync>>);

thread_local! {
    /// That of the pool whose job this thread runs, if it runs one.
    static HERE: RefCell<OnPanic> = const { RefCell::new(OnPanic(None)) };
}

impl OnPanic {
    pub(crate) fn new(told: impl Fn(Payload) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(told)))
    }

    /// Returns that of the pool whose job this thread runs.
    pub(crate) fn here() -> Self {
        // None either on a thread whose thread-locals are destroyed.
        HERE.try_with(|here| here.borrow().clone()).unwrap_or_default()
    }

    /// Reports a panic; a panic of the handler itself is dropped.
    #[cold]
    pub(crate) fn tell(&self, panic: Payload) {
        match &self.0 {
            Some(told) => {
                if let Err(another) = catch_unwind(AssertUnwindSafe(|| told(panic))) {
                    discard(another);
                }
            }
            None => discard(panic),
        }
    }

    /// Runs a job on a thread of the pool; a panic is reported.
    pub(crate) fn run(&self, job: Job) {
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| job.run())) {
            self.tell(panic);
        }
    }

    /// Is the thread's panic handler while it calls a function, whose panic is reported, too.
    pub(crate) fn during(&self, work: impl FnOnce()) {
        let set = |on_panic| HERE.try_with(|here| here.replace(on_panic)).ok();
        let before = set(self.clone());
        let panic = catch_unwind(AssertUnwindSafe(work)).err();
        discard(set(before.unwrap_or_default()));
        if let Some(panic) = panic {
            self.tell(panic);
        }
    }
}

impl fmt::Debug for OnPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnPanic")
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
