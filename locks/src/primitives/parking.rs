//! How a thread waits for a word to change: it looks for a while, then leaves a note in the word
//! and sleeps.
//!
//! The note is a bit of the word. Who changes the word reads the note in the same step, and calls
//! the kernel only if there is one; so a change that nobody sleeps for costs one instruction. And
//! since the kernel compares the word before it puts anyone to sleep, a thread that left its note a
//! moment too late does not sleep at all.
//!
//! | the sleeper | who changes the word |
//! | --- | --- |
//! | finds it not `done`, and sets the note by an exchange | |
//! | sleeps if the word still is what it was, note included | changes the word, and takes the note away |
//! | is woken, and looks again | found the note: wakes all |

use std::time::Instant;

use super::sync::atomic::Ordering::{Acquire, Relaxed};
use super::word::Word;
use super::{MOST_PAUSES, hint};

/// Asks again and again, with pauses that grow, and says whether the answer was yes before they
/// grew too long.
///
/// About as long as it takes to be put to sleep and woken: waiting costs twice the shortest
/// possible time at the most.
pub(super) fn look_for_a_while(mut done: impl FnMut() -> bool) -> bool {
    let mut pauses = 1;
    loop {
        if pauses > MOST_PAUSES {
            return false;
        }
        if done() {
            return true;
        }
        for _ in 0..pauses {
            hint::spin_loop();
        }
        pauses *= 2;
    }
}

/// Waits until `done` says yes to the word; `false` if the deadline came first.
///
/// Whoever makes it done must take `note` away in the same step, and then wake all if it was there.
///
/// # Memory ordering
/// Acquire, on the look that `done` says yes to: it comes after what led to that change, if the
/// change was Release. The note itself is Relaxed: it carries nothing but itself.
pub(super) fn wait_until(
    word: &Word,
    note: u32,
    deadline: Option<Instant>,
    done: impl Fn(u32) -> bool,
) -> bool {
    if look_for_a_while(|| done(word.load(Acquire))) {
        return true;
    }
    loop {
        let now = word.load(Acquire);
        if done(now) {
            return true;
        }
        let noted = now | note;
        if now != noted && word.compare_exchange(now, noted, Relaxed, Relaxed).is_err() {
            continue;
        }
        if !word.wait(noted, deadline) {
            return done(word.load(Acquire));
        }
    }
}
