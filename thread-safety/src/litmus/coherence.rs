//! `CoRR`: t1 writes a word, t2 reads it twice. Can it read the new value first, and then the old
//! one?
//!
//! Never, not even with `Relaxed`: all threads agree on the order of the writes to *one* word, and
//! nobody goes back in it. That is what an atomic word always gives, and all that `Relaxed` gives.

use super::{Reads, Test, Words, r1, r2};
use crate::orders::{Orders, Strength};

/// t1: x = new. t2: r1 = x, r2 = x. Asked: new, then old.
pub enum Coherence {}

impl Test for Coherence {
    const ASKED: Reads = 0b10;
    const IN_STEP: Reads = 0b01;
    const FORBIDDEN_FROM: Strength = Strength::Relaxed;

    #[inline]
    fn t1<O: Orders>(words: &Words, new: u32) -> Reads {
        words.x.store(new, O::STORE);
        0
    }

    #[inline]
    fn t2<O: Orders>(words: &Words, new: u32) -> Reads {
        let (first, second) = (words.x.load(O::LOAD), words.x.load(O::LOAD));
        r1(first, new) | r2(second, new)
    }
}
