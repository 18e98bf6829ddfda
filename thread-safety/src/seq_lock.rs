//! A value of several words that is read without a lock: a sequence lock.
//!
//! | `sequence` | meaning | left by |
//! | --- | --- | --- |
//! | even | the words belong together | a writer's compare-and-swap for the odd number above it |
//! | odd | one writer is at work | that writer, which stores the even number above it |
//!
//! A reader reads the sequence, the words, and the sequence again. The same even number twice means
//! that no thread has written in between. It writes nothing, so any number of readers run in
//! parallel, each with the lines in its own cache; a writer never waits for them.
//!
//! The words are atomics, accessed as `Relaxed`, since a reader may look while they are written.
//! Plain memory would be a data race, even if what was read is thrown away. The fences are those of
//! Hans Boehm, "Can seqlocks get along with programming language memory models?" (2012).
//!
//! ```
//! use thread_safety::real::seq_lock::SeqLock;
//!
//! let position = SeqLock::new([3, 4]);
//! assert_eq!(position.read(), [3, 4]);
//! let mut writing = position.write();
//! writing.set(0, 5);
//! // Half written: the read is refused.
//! assert_eq!(position.try_read(), None);
//! writing.set(1, 12);
//! drop(writing);
//! assert_eq!(position.read(), [5, 12]);
//! ```
//!
//! A panic in the middle of a write leaves the words as they were; for that, a writer loads them
//! when it begins.
//!
//! # When not
//! Readers begin again for as long as writers come: it serves for small values, written seldom and
//! read often (a clock, a price, a position). Otherwise take [`std::sync::Mutex`]; for large ones,
//! publish a pointer to a new value.

use super::hint;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync::atomic::{AtomicU64, fence};

/// A lock around words that belong together; readers retry instead of waiting for it.
#[derive(Debug)]
pub struct SeqLock<const WORDS: usize> {
    sequence: AtomicU64,
    words: [AtomicU64; WORDS],
}

/// The one writer of a [`SeqLock`]. Dropping it publishes what it has set, or, where a panic drops
/// it, what was there before.
#[derive(Debug)]
#[must_use = "dropped at once, it has written nothing"]
pub struct Writing<'a, const WORDS: usize> {
    lock: &'a SeqLock<WORDS>,
    /// The sequence while this writer is at work.
    odd: u64,
    /// The words as this writer found them.
    before: [u64; WORDS],
    /// Whether a panic was under way when it began, which is then not one of its own.
    unwinding: bool,
}

impl<const WORDS: usize> SeqLock<WORDS> {
    /// Returns a lock around these words.
    pub fn new(words: [u64; WORDS]) -> Self {
        Self { sequence: AtomicU64::new(0), words: words.map(AtomicU64::new) }
    }

    /// Begins to write.
    ///
    /// # Blocking
    /// Spins while another writer is at work; it does not wait for readers. A thread that is
    /// writing already waits for itself.
    ///
    /// # Unwinding
    /// A panic between two [`set`](Writing::set)s undoes the first: half a change is never read.
    /// (What a writer has set that begins in a destructor while its thread unwinds is kept. One
    /// that is leaked by [`std::mem::forget`] makes every later read fail.)
    ///
    /// # Memory ordering
    /// The partner of the Acquire is the Release store in the last writer's drop: this one's words
    /// come after its words. The Release fence keeps the odd number before the words; its partner
    /// is the Acquire fence of a reader that has read one of them. The loads of the words are
    /// Relaxed: they come after the compare-and-swap, and no other thread writes meanwhile.
    pub fn write(&self) -> Writing<'_, WORDS> {
        loop {
            let even = self.sequence.load(Relaxed);
            let odd = even.wrapping_add(1);
            let idle = even.is_multiple_of(2);
            if idle && self.sequence.compare_exchange(even, odd, Acquire, Relaxed).is_ok() {
                fence(Release);
                let before = std::array::from_fn(|index| self.words[index].load(Relaxed));
                return Writing { lock: self, odd, before, unwinding: std::thread::panicking() };
            }
            hint::spin_loop();
        }
    }

    /// Reads the words if no thread writes meanwhile.
    ///
    /// # Memory ordering
    /// The partner of the first load's Acquire is the Release store in the last writer's drop: all
    /// its words are visible. A reader that has seen a word of a later writer sees its odd number
    /// too, in the second load: the Acquire fence's partner is the Release fence in
    /// [`write`](Self::write).
    pub fn try_read(&self) -> Option<[u64; WORDS]> {
        let before = self.sequence.load(Acquire);
        if !before.is_multiple_of(2) {
            return None;
        }
        let words = std::array::from_fn(|index| self.words[index].load(Relaxed));
        fence(Acquire);
        (self.sequence.load(Relaxed) == before).then_some(words)
    }

    /// Reads the words.
    ///
    /// # Blocking
    /// Spins while others write. If they never stop, it never returns.
    pub fn read(&self) -> [u64; WORDS] {
        loop {
            if let Some(words) = self.try_read() {
                return words;
            }
            hint::spin_loop();
        }
    }
}

impl<const WORDS: usize> Writing<'_, WORDS> {
    /// Writes one word.
    ///
    /// # Panics
    /// If there is no such word.
    pub fn set(&mut self, index: usize, word: u64) {
        self.lock.words[index].store(word, Relaxed);
    }
}

impl<const WORDS: usize> Drop for Writing<'_, WORDS> {
    /// Publishes the words. The partners of the Release are the Acquire load of a reader and the
    /// Acquire of the next writer.
    fn drop(&mut self) {
        if std::thread::panicking() && !self.unwinding {
            for (word, before) in self.lock.words.iter().zip(self.before) {
                word.store(before, Relaxed);
            }
        }
        self.lock.sequence.store(self.odd.wrapping_add(1), Release);
    }
}
