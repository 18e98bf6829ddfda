//! A model checker's threads, as if they were processes: each has a PID, and can die.
#![allow(dead_code, reason = "a model needs more or less of it")]
#![allow(clippy::missing_const_for_thread_local, reason = "the macro of Loom knows no const")]

use std::cell::Cell;

use super::robust_lock::RawRobustLock;
use super::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Release};
use super::{lazy_static, thread_local};

const PID_BITS: u32 = 22;

/// A process, by its PID. 0 is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProcessId(u64);

thread_local! { static ME: Cell<u64> = Cell::new(0); }
lazy_static! {
    static ref DEAD: AtomicU64 = AtomicU64::new(0);
}

/// Gives this thread a PID, from 1 to 63.
pub fn set_pid(pid: u32) {
    ME.with(|me| me.set(u64::from(pid)));
}

/// Ends this thread's process, and fires the timeouts of all that wait for the lock.
///
/// Release, for the Acquire in [`ProcessId::is_alive`]: a process that is seen dead has done all that
/// it did before. For real processes the kernel sees to that.
pub fn die(lock: &RawRobustLock) {
    DEAD.fetch_or(1 << ME.with(Cell::get), Release);
    lock.word.wake_all();
}

impl ProcessId {
    /// Returns that of this thread.
    pub fn me() -> Self {
        Self(ME.with(Cell::get))
    }

    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << PID_BITS) - 1))
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// Returns the PID.
    pub fn pid(self) -> u32 {
        self.0 as u32
    }

    /// Tells whether it has not died.
    pub fn is_alive(self) -> bool {
        DEAD.load(Acquire) & (1 << self.0) == 0
    }
}
