//! A writer-preferring reader-writer lock: it admits no new reader once a writer waits.
//!
//! One word, `state`, tells which threads are inside and which are next:
//!
//! | `WRITER` | readers | meaning | may enter |
//! | --- | --- | --- | --- |
//! | no | 0 | free | any thread |
//! | no | n | n readers are inside | readers |
//! | yes | n | a writer has announced itself and waits until those n have left | none |
//! | yes | 0 | the announced writer is inside | none |
//!
//! To announce itself, a writer only has to set `WRITER` before another writer does, readers or
//! not. From then on the lock is its own; it waits for the readers inside to leave. `ASLEEP` is set
//! beside `WRITER`, by readers and writers that sleep until it is gone (see the file `parking.rs`).
//! The announced writer alone sleeps on a word of its own, `drained`: the last reader to leave
//! wakes that thread only.
//!
//! To announce oneself, then to wait for the readers, is how Go's `sync.RWMutex` does it; there,
//! writers queue at a mutex first.
//!
//! # Relationship with std
//! [`std::sync::RwLock`] keeps new readers out when a writer waits, too (on Linux; it does not
//! promise that), wakes one writer in place of all, and poisons. **Take std's, or
//! `parking_lot`'s**, which has timeouts and fairness. This one is to be read. And where sections
//! are short, take a mutex: a reader writes to the lock's cache line too, and readers contend for
//! that line as they would for a mutex.
//!
//! # Fairness
//! A writer waits for the readers inside, for other writers, and for no new reader. Readers may
//! starve while writers keep coming: a sleeping thread must be woken first, and a writer that is
//! awake is faster.

use super::back_off::BackOff;
use super::parking::wait_until;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;

/// A writer is inside, or waits for the readers inside to leave.
const WRITER: u32 = 1 << 31;
/// A thread sleeps until `WRITER` is gone.
const ASLEEP: u32 = 1 << 30;
/// The number of readers inside.
const READERS: u32 = ASLEEP - 1;

/// A raw lock that admits many readers or one writer (with a value:
/// [`RwLock`](super::rwlocks::RwLock)).
#[derive(Debug)]
pub struct RawRwLock {
    /// The threads inside, and the next.
    pub(super) state: Word,
    /// Changes when the last reader leaves before an announced writer, which sleeps on it.
    pub(super) drained: Word,
}

impl RawRwLock {
    /// Acquires the lock as a reader. Its ordering is that of `try_lock_shared`.
    ///
    /// # Blocking
    /// While a writer is inside or waits. So a reader that reads again, while a writer waits for it
    /// to leave, waits for ever.
    ///
    /// # Panics
    /// If 2³⁰ - 1 readers are inside: their guards were leaked.
    #[inline]
    pub fn lock_shared(&self) {
        if !self.enter() {
            self.wait_to_enter();
        }
    }

    #[cold]
    fn wait_to_enter(&self) {
        while !self.try_lock_shared() {
            wait_until(&self.state, ASLEEP, |state| state & WRITER == 0);
        }
    }

    /// Acquires the lock as a reader if no writer is inside or waits. It panics as `lock_shared`.
    ///
    /// # Memory ordering
    /// Acquire; its partner is the Release of the writer that left last. Relaxed where it fails:
    /// nothing follows from it.
    #[inline]
    pub fn try_lock_shared(&self) -> bool {
        self.enter() || self.enter_in_the_end()
    }

    /// The fast path: counts a reader in if no other thread comes or goes at this moment. Below
    /// `READERS` there is neither a `WRITER` nor a count that could overflow: one look answers
    /// both.
    #[inline]
    pub(super) fn enter(&self) -> bool {
        let now = self.state.load(Relaxed);
        now < READERS && self.state.compare_exchange(now, now + 1, Acquire, Relaxed).is_ok()
    }

    /// The slow path: other threads come and go, or there is a writer.
    #[cold]
    fn enter_in_the_end(&self) -> bool {
        let mut now = self.state.load(Relaxed);
        while now & WRITER == 0 {
            assert!(now < READERS, "too many readers");
            match self.state.compare_exchange_weak(now, now + 1, Acquire, Relaxed) {
                Ok(_) => return true,
                Err(changed) => now = changed,
            }
        }
        false
    }

    /// Releases the lock as a reader.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the next writer: all reads happen before anything is written.
    /// All changes of `state` are read-modify-writes, so every reader's release happens before a
    /// writer sees the last one.
    #[inline]
    pub fn unlock_shared(&self) {
        let before = self.state.fetch_sub(1, Release);
        // The last, and a writer waits.
        if before & (WRITER | READERS) == WRITER + 1 {
            self.let_the_writer_in();
        }
    }

    #[cold]
    fn let_the_writer_in(&self) {
        // Release, for the Acquire in `wait_for_readers`: a thread that sees this sees that no
        // reader is left.
        self.drained.fetch_add(1, Release);
        self.drained.wake_one();
    }

    /// Acquires the lock as a writer.
    ///
    /// # Blocking
    /// While another thread is inside. From its announcement on, no other thread is admitted.
    ///
    /// # Memory ordering
    /// Acquire; its partners are the Release of the writer before, and that of each reader that left.
    #[inline]
    pub fn lock_exclusive(&self) {
        if !self.try_lock_exclusive() {
            self.announce();
            self.wait_for_readers();
        }
    }

    /// Sets `WRITER`.
    #[cold]
    fn announce(&self) {
        while self.state.fetch_or(WRITER, Acquire) & WRITER != 0 {
            wait_until(&self.state, ASLEEP, |state| state & WRITER == 0);
        }
    }

    /// Waits until no reader is inside.
    fn wait_for_readers(&self) {
        let none_left = || self.state.load(Acquire) & READERS == 0;
        if BackOff::spin_until(none_left) {
            return;
        }
        loop {
            // First this, then the look: if the last one leaves after the look, `drained` has
            // changed when this thread comes to sleep on it.
            let seen = self.drained.load(Acquire);
            if none_left() {
                return;
            }
            self.drained.wait(seen);
        }
    }

    /// Acquires the lock as a writer if it is free at this moment: Acquire, for the Release of the
    /// writer that left last, and those of the readers.
    #[inline]
    pub fn try_lock_exclusive(&self) -> bool {
        self.state.compare_exchange(0, WRITER, Acquire, Relaxed).is_ok()
    }

    /// Returns whether a writer is inside at this moment.
    pub fn is_locked_exclusive(&self) -> bool {
        self.state.load(Relaxed) & !ASLEEP == WRITER
    }

    /// Releases the lock as a writer: Release, for the Acquire of the thread that enters next.
    #[inline]
    pub fn unlock_exclusive(&self) {
        if self.state.swap(0, Release) & ASLEEP != 0 {
            self.state.wake_all();
        }
    }
}
