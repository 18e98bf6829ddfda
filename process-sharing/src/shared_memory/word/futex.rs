//! A futex word: processes sleep on it, and one wakes another.
//!
//! std's locks use a futex as well, but with the private flag, which tells the kernel that all
//! sleepers are threads of one process. That is quicker, and wakes no other process. Here the flag
//! is not set: the kernel finds the sleepers by the page of memory, not by its address.
#![expect(unsafe_code, reason = "the kernel compares 32 bits, and the word has 64")]

use std::ptr;
use std::time::Duration;

use rustix::io::Errno;
use rustix::thread::futex::{self, Flags, Timespec};

use super::Share;
use super::sync::atomic::{AtomicU32, AtomicU64};

/// A word of 64 bits, on whose lower half processes sleep until it changes.
///
/// ```
/// use std::sync::atomic::Ordering::Relaxed;
///
/// use process_sharing::shared_memory::Shared;
/// use process_sharing::shared_memory::word::Word;
///
/// let word = Shared::<Word>::new()?;
/// std::thread::scope(|scope| {
///     scope.spawn(|| while word.load(Relaxed) == 0 { word.wait(0, None); });
///     word.store(1, Relaxed);
///     word.wake();
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Word(AtomicU64);

// SAFETY: it is an atomic, and 0 is a value of it. The kernel keeps the list of its sleepers, so it
// holds no address; it needs no drop, and each operation is one instruction.
unsafe impl Share for Word {}

impl Word {
    /// Makes a word on which no process sleeps.
    pub const fn new(value: u64) -> Self {
        Self(AtomicU64::new(value))
    }

    /// Sleeps, if the lower half still is that of `expected`, until it is woken; returns `false` if
    /// the timeout was over first, or a signal came.
    ///
    /// It may return for no reason (a spurious wake-up): read the word again. A signal counts as a
    /// timeout: otherwise a sleeper that is interrupted again and again would never have one.
    ///
    /// # Blocking
    /// Until a [`wake`](Self::wake) by any process, or the timeout.
    ///
    /// # Memory ordering
    /// None: to see what was written before a `wake`, read the word itself with Acquire.
    pub fn wait(&self, expected: u64, timeout: Option<Duration>) -> bool {
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        let expected = expected as u32;
        let waited = futex::wait(self.lower(), Flags::empty(), expected, timeout.as_ref());
        !matches!(waited, Err(Errno::TIMEDOUT | Errno::INTR))
    }

    /// Wakes one sleeper, if there is one; tells whether there was.
    pub fn wake(&self) -> bool {
        futex::wake(self.lower(), Flags::empty(), 1).is_ok_and(|woken| woken > 0)
    }

    fn lower(&self) -> &AtomicU32 {
        let lower = usize::from(cfg!(target_endian = "big"));
        // SAFETY: it is one half of these 8 bytes: within them, aligned to 4, and alive as long.
        // The reference goes to the kernel alone, which only compares these 4 bytes; atomics of
        // this process never access them with that size, so no two sizes are mixed in Rust.
        unsafe { &*ptr::from_ref(&self.0).cast::<AtomicU32>().add(lower) }
    }
}

impl std::ops::Deref for Word {
    type Target = AtomicU64;
    #[inline]
    fn deref(&self) -> &AtomicU64 {
        &self.0
    }
}
