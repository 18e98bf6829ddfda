//! How a thread waits for a word to change: it spins for a while, then marks the word and parks.
//!
//! The mark is a bit of the word. A thread that changes the word reads the mark in the same step,
//! and calls the kernel only if it is set; so a change that no thread sleeps for costs one
//! instruction. And since the kernel compares the word before it puts a thread to sleep, one that
//! set its mark a moment too late does not sleep at all.
//!
//! | the sleeper | the thread that changes the word |
//! | --- | --- |
//! | finds it not `done`, and sets the mark by a compare-and-swap | |
//! | sleeps if the word still is what it was | changes the word, and clears the mark |
//! | is woken, and looks again | found the mark: wakes all |

use super::back_off::BackOff;
use super::sync::atomic::Ordering::{Acquire, Relaxed};
use super::word::Word;

/// Waits until the word is `done`.
///
/// A thread that makes it done must clear `mark` in the same step, and then wake all if it was set.
///
/// # Memory ordering
/// Acquire, on the look that finds it `done`: what led to that change happens before, if the change
/// was Release. The mark itself is Relaxed: it carries nothing but itself.
pub(super) fn wait_until(word: &Word, mark: u32, done: impl Fn(u32) -> bool) {
    if BackOff::spin_until(|| done(word.load(Acquire))) {
        return;
    }
    loop {
        let now = word.load(Acquire);
        if done(now) {
            return;
        }
        let marked = now | mark;
        if now == marked || word.compare_exchange(now, marked, Relaxed, Relaxed).is_ok() {
            word.wait(marked);
        }
    }
}
