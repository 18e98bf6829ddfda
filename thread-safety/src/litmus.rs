//! Two threads, two words, four accesses: which outcomes there can be, and which there are. (And
//! one test of four threads, in [`independent_reads`].)
//!
//! Each test is a file: what t1 does, what t2 does, the outcome that it asks for, and the weakest
//! orderings under which the model (C++20's, which is Rust's) forbids it. The names are those of
//! the literature (Alglave, Maranget, Tautschnig, "Herding cats", 2014). A word is old or new; `r1`
//! and `r2` are what the two loads have read.

use crossbeam_utils::CachePadded;

use super::lane::{finish, start};
use super::sync::Arc;
use super::sync::atomic::AtomicU32;
use crate::orders::{Orders, Strength};

pub mod coherence;
pub mod independent_reads;
pub mod load_buffering;
pub mod message_passing;
pub mod store_buffering;

/// The two words, each in a cache line of its own: each travels between the cores by itself.
#[derive(Debug)]
pub struct Words {
    /// One of them.
    pub x: CachePadded<AtomicU32>,
    /// The other.
    pub y: CachePadded<AtomicU32>,
}

impl Words {
    /// Makes two old words.
    pub fn new() -> Self {
        Self { x: CachePadded::new(AtomicU32::new(0)), y: CachePadded::new(AtomicU32::new(0)) }
    }
}

impl Default for Words {
    fn default() -> Self {
        Self::new()
    }
}

/// What the loads have read, a bit each: 0b10 is a new value in `r1`, 0b01 one in `r2`.
pub type Reads = u8;

/// Says that `r1` has read the new value, if it has.
#[inline]
fn r1(read: u32, new: u32) -> Reads {
    u8::from(read == new) << 1
}

/// Says that `r2` has read the new value, if it has.
#[inline]
fn r2(read: u32, new: u32) -> Reads {
    u8::from(read == new)
}

/// Describes a test.
pub trait Test: 'static {
    /// The outcome that is asked for: no order of whole steps has it.
    const ASKED: Reads;
    /// The outcome that shows that the threads were in step: each was in the middle of the other.
    const IN_STEP: Reads;
    /// From these orderings on, the model forbids what is asked for.
    const FORBIDDEN_FROM: Strength;

    /// Does t1's part; returns what it has read.
    fn t1<O: Orders>(words: &Words, new: u32) -> Reads;

    /// Does t2's part; returns what it has read.
    fn t2<O: Orders>(words: &Words, new: u32) -> Reads;

    /// Tells whether the model allows what is asked for.
    fn allowed<O: Orders>() -> bool {
        O::STRENGTH < Self::FORBIDDEN_FROM
    }
}

/// Runs a test once, for a model checker: from 0 to 1.
pub fn once<T: Test, O: Orders>() -> Reads {
    let words = Arc::new(Words::new());
    let words2 = Arc::clone(&words);
    let t2 = start("t2", move || T::t2::<O>(&words2, 1));
    let reads = T::t1::<O>(&words, 1);
    reads | finish(t2)
}
