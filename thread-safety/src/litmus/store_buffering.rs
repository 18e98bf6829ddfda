//! SB: each writes its own word, then reads the other's. Can both read the old one?
//!
//! A store waits in its core's buffer until the cache line is there, and the load behind it does
//! not wait: x86 shows it, and so do weaker processors. Release and Acquire do not help: they order
//! what comes *before* a store and what comes *after* a load, and here the load comes after the
//! store. `SeqCst` forbids it; so does a `SeqCst` fence in between, or a read-modify-write in place
//! of the load. Dekker's lock rests on this test, and so does every "I say so, then look whether
//! you have".

use super::{Reads, Test, Words, r1, r2};
use crate::orders::{Orders, Strength};

/// t1: x = new, r1 = y. t2: y = new, r2 = x. Asked: both old.
pub enum StoreBuffering {}

impl Test for StoreBuffering {
    const ASKED: Reads = 0b00;
    const IN_STEP: Reads = 0b11;
    const FORBIDDEN_FROM: Strength = Strength::SeqCst;

    #[inline]
    fn t1<O: Orders>(words: &Words, new: u32) -> Reads {
        words.x.store(new, O::STORE);
        r1(words.y.load(O::LOAD), new)
    }

    #[inline]
    fn t2<O: Orders>(words: &Words, new: u32) -> Reads {
        words.y.store(new, O::STORE);
        r2(words.x.load(O::LOAD), new)
    }
}
