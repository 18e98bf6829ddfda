//! [`std::sync`] for models: what is shared by tasks, with notes of what each step touches.

pub use shuttle::sync::{
    Arc, LockResult, Once, OnceState, PoisonError, TryLockError, TryLockResult, Weak,
};

pub use super::mutex::{Condvar, Mutex, MutexGuard, WaitTimeoutResult};
pub use super::rwlock::{RwLock, RwLockReadGuard, RwLockWriteGuard};

pub mod atomic;
pub mod mpsc;

use super::notes::{self, How, Needs, Shared};

/// [`std::sync::Barrier`] for models.
#[derive(Debug)]
pub struct Barrier {
    object: Shared,
    inner: shuttle::sync::Barrier,
}

pub use shuttle::sync::BarrierWaitResult;

impl Barrier {
    /// Makes a barrier for `n` threads.
    pub fn new(n: usize) -> Self {
        Self { object: Shared::new(), inner: shuttle::sync::Barrier::new(n) }
    }

    /// Waits for the other threads, as [`std::sync::Barrier::wait`] does.
    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        // An arrival that has to wait is part of the step before it.
        self.object.also(How::Write);
        let touches = vec![(self.object.object(), How::Write)];
        notes::step("waits for the others", touches, Needs::Nothing, || self.inner.wait(), |_| None)
    }
}
