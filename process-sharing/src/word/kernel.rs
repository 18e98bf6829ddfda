//! A word of memory that processes can sleep on: the kernel's futex, by which one wakes another.
//!
//! std's locks sleep on a futex too, but tell the kernel that all who do are threads of one process
//! (the private flag), which is quicker and wakes nobody else. Here the flag is not set: the kernel
//! finds the sleepers by the memory, not by its address.
#![expect(unsafe_code, reason = "the kernel compares 32 bits, and the word has 64")]

use std::ptr;
use std::time::Duration;

use rustix::io::Errno;
use rustix::thread::futex::{self, Flags, Timespec};

use super::sync::atomic::{AtomicU32, AtomicU64};
use crate::memory::Share;

/// Holds 64 bits, and whoever sleeps until the lower half of them changes.
///
/// ```
/// use std::sync::atomic::Ordering::Relaxed;
///
/// use process_sharing::memory::Shared;
/// use process_sharing::real::word::Word;
///
/// let word = Shared::<Word>::new()?;
/// std::thread::scope(|scope| {
///     scope.spawn(|| while word.load(Relaxed) == 0 { word.wait(0, None); });
///     word.store(1, Relaxed);
///     word.wake();
/// });
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Word(AtomicU64);

// SAFETY: 0 is a value; it is its own bytes; atomics are reached by single instructions, and the
// kernel's sleepers are not in it.
unsafe impl Share for Word {}

impl Word {
    /// Makes a word that nobody sleeps on.
    pub const fn new(value: u64) -> Self {
        Self(AtomicU64::new(value))
    }

    /// Sleeps if the lower half still is that of `expected`, until it is woken; `false` if the time
    /// was over first, or a signal came.
    ///
    /// It may come back for no reason: look at the word again. A signal counts as the end of the
    /// time: who is interrupted more often than the time can end would otherwise never be told that
    /// it is over.
    ///
    /// # Blocking
    /// Until a [`wake`](Self::wake) by any process, or the limit.
    ///
    /// # Memory ordering
    /// None: what was written before a `wake` is seen by whoever reads the word itself with
    /// Acquire.
    pub fn wait(&self, expected: u64, limit: Option<Duration>) -> bool {
        let limit = limit.and_then(|limit| Timespec::try_from(limit).ok());
        // The lower half is meant.
        let expected = expected as u32;
        let waited = futex::wait(self.lower(), Flags::empty(), expected, limit.as_ref());
        !matches!(waited, Err(Errno::TIMEDOUT | Errno::INTR))
    }

    /// Wakes one of those who sleep, if anyone does; tells whether anyone did.
    pub fn wake(&self) -> bool {
        // It fails for an address that is no futex alone, and this one is.
        futex::wake(self.lower(), Flags::empty(), 1).is_ok_and(|woken| woken > 0)
    }

    fn lower(&self) -> &AtomicU32 {
        let lower = usize::from(cfg!(target_endian = "big"));
        // SAFETY: a half of these 8 bytes, aligned, that lives as long. Nobody in any process
        // reaches it by this reference: the kernel does, and processors keep accesses of 4 and of 8
        // bytes in order where they overlap.
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
