//! A model checker's threads, as if they were processes: each has a number, and can die.
#![allow(dead_code, reason = "a model needs more or less of it")]

use std::cell::Cell;

use super::sync::atomic::{AtomicU64, Ordering::Acquire, Ordering::Release};
use super::word::Word;
use super::{lazy_static, thread_local};

pub(super) const PID_BITS: u32 = 22;

/// Names a process. 0 is nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Owner(u64);

thread_local! { static ME: Cell<u64> = Cell::new(0); }
lazy_static! {
    static ref DEAD: AtomicU64 = AtomicU64::new(0);
}

/// Gives this thread a process number, from 1 to 63.
pub fn play(pid: u32) {
    ME.with(|me| me.set(u64::from(pid)));
}

/// Ends this thread's process: nothing more may be done in its name. All limits of those who sleep
/// on the word are over then.
///
/// Release, for the Acquire in [`Owner::is_alive`]: who is seen to be dead has done all that it did
/// before. Of real processes the kernel makes sure of that.
pub fn die(word: &Word) {
    DEAD.fetch_or(1 << ME.with(Cell::get), Release);
    word.wake_all();
}

impl Owner {
    /// Names this thread's process.
    pub fn me() -> Self {
        Self(ME.with(Cell::get))
    }

    pub(crate) fn from_bits(bits: u64) -> Self {
        Self(bits & ((1 << PID_BITS) - 1))
    }

    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// Returns the process number.
    pub fn pid(self) -> u32 {
        self.0 as u32
    }

    /// Tells whether it has not died.
    pub fn is_alive(self) -> bool {
        DEAD.load(Acquire) & (1 << self.0) == 0
    }
}
