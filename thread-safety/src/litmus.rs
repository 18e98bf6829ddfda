//! Two threads, two words, four accesses: which outcomes can there be, and which are there?
//!
//! Each test is a type: what t1 does, what t2 does, the outcome that it asks for, and the weakest
//! orderings under which the memory model (C++20's, which is Rust's) forbids that. The names are
//! those of the literature (Alglave, Maranget, Tautschnig, "Herding cats", 2014). A word is old or
//! new; `r1` and `r2` are what the two loads have read. One test has four threads: [`Iriw`].

use crossbeam_utils::CachePadded;

use super::lane::{finish, start};
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering};
use crate::orderings::{Orderings, Strength};

mod mirrored;

pub use mirrored::{Exchanged, Fenced, LoadBuffering, ReadByWriting, StoreBuffering};

/// The two words, each in a cache line of its own, so that each travels between the cores by
/// itself.
#[derive(Debug, Default)]
pub struct Words {
    x: CachePadded<AtomicU32>,
    y: CachePadded<AtomicU32>,
}

/// What the loads have read, a bit each: 0b10 is a new value in `r1`, 0b01 one in `r2`.
pub type Reads = u8;

/// A litmus test of two threads.
pub trait Test: 'static {
    /// The outcome that is asked for: no interleaving of whole steps has it.
    const ASKED: Reads;
    /// The outcome that shows that the threads were in step: each was in the middle of the other.
    const IN_STEP: Reads;
    /// The weakest orderings under which the memory model forbids what is asked for.
    const FORBIDDEN_FROM: Strength;
    /// Whether every processor of two cores shows it where it is allowed.
    const SEEN_EVERYWHERE: bool = false;
    /// What the words show when both threads are done, where that is asked for.
    const END: Option<fn(&Words, u32) -> Reads> = None;

    /// Does t1's part; returns what it has read.
    fn t1<O: Orderings>(words: &Words, new: u32) -> Reads;

    /// Does t2's part; returns what it has read.
    fn t2<O: Orderings>(words: &Words, new: u32) -> Reads;

    /// Returns whether the memory model allows what is asked for.
    fn allowed<O: Orderings>() -> bool {
        O::STRENGTH < Self::FORBIDDEN_FROM
    }
}

#[inline]
fn r1(read: u32, new: u32) -> Reads {
    u8::from(read == new) << 1
}

#[inline]
fn r2(read: u32, new: u32) -> Reads {
    u8::from(read == new)
}

/// MP, message passing. t1: x = new, y = new. t2: r1 = y, r2 = x. Asked: y new, x old.
///
/// With `Relaxed`, the two stores may become visible in the other order, or the two loads be done
/// in it. ARM and POWER do both, x86 neither. A Release store and the Acquire load that reads it
/// forbid both.
pub enum MessagePassing {}

impl Test for MessagePassing {
    const ASKED: Reads = 0b10;
    const IN_STEP: Reads = 0b01;
    const FORBIDDEN_FROM: Strength = Strength::ReleaseAcquire;

    #[inline]
    fn t1<O: Orderings>(words: &Words, new: u32) -> Reads {
        words.x.store(new, O::STORE);
        words.y.store(new, O::STORE);
        0
    }

    #[inline]
    fn t2<O: Orderings>(words: &Words, new: u32) -> Reads {
        let (flag, data) = (words.y.load(O::LOAD), words.x.load(O::LOAD));
        r1(flag, new) | r2(data, new)
    }
}

/// `CoRR`, coherence. t1: x = new. t2: r1 = x, r2 = x. Asked: new, then old.
///
/// Never, not even with `Relaxed`: all threads agree on the modification order of *one* word, and
/// no thread goes back in it. That is what every atomic access gives, and all that `Relaxed` gives.
pub enum Coherence {}

impl Test for Coherence {
    const ASKED: Reads = 0b10;
    const IN_STEP: Reads = 0b01;
    const FORBIDDEN_FROM: Strength = Strength::Relaxed;

    #[inline]
    fn t1<O: Orderings>(words: &Words, new: u32) -> Reads {
        words.x.store(new, O::STORE);
        0
    }

    #[inline]
    fn t2<O: Orderings>(words: &Words, new: u32) -> Reads {
        let (first, second) = (words.x.load(O::LOAD), words.x.load(O::LOAD));
        r1(first, new) | r2(second, new)
    }
}

/// 2+2W, two words and two writes of each. t1: x = 1, y = 2. t2: y = 1, x = 2. Asked: each word ends
/// with a first write; a bit is set where it ends with a second one.
///
/// No load reads any of the stores, so Release and Acquire order nothing. In one total order of all
/// four, the last is some thread's second one, and its word ends with it. No processor is known to
/// show what Release allows here (Lahav, Giannarakis, Vafeiadis, "Taming Release-Acquire
/// Consistency", 2016).
pub enum TwoWrites {}

impl Test for TwoWrites {
    const ASKED: Reads = 0b00;
    const IN_STEP: Reads = 0b11;
    const FORBIDDEN_FROM: Strength = Strength::SeqCst;
    const END: Option<fn(&Words, u32) -> Reads> = Some(|words, new| {
        let second = |word: &AtomicU32| word.load(Ordering::Relaxed) % 2;
        debug_assert_eq!(words.x.load(Ordering::Relaxed) / 2, new, "both were written");
        r1(second(&words.x), 1) | r2(second(&words.y), 1)
    });

    #[inline]
    fn t1<O: Orderings>(words: &Words, new: u32) -> Reads {
        words.x.store(2 * new, O::STORE);
        words.y.store(2 * new + 1, O::STORE);
        0
    }

    #[inline]
    fn t2<O: Orderings>(words: &Words, new: u32) -> Reads {
        words.y.store(2 * new, O::STORE);
        words.x.store(2 * new + 1, O::STORE);
        0
    }
}

/// RMW, atomicity. t1: r1 = swap x. t2: r1 = x, r2 = swap x. Asked: everyone reads the old value.
///
/// Never, not even with `Relaxed`: a read-modify-write reads the write that comes directly before its
/// own in the modification order. A load may be older: that is why an update by load and store is
/// lost, and one by `fetch_add` is not.
pub enum ReadModifyWrite {}

impl Test for ReadModifyWrite {
    const ASKED: Reads = 0b00;
    const IN_STEP: Reads = 0b01;
    const FORBIDDEN_FROM: Strength = Strength::Relaxed;

    #[inline]
    fn t1<O: Orderings>(words: &Words, new: u32) -> Reads {
        r1(words.x.swap(new, O::UPDATE), new)
    }

    #[inline]
    fn t2<O: Orderings>(words: &Words, new: u32) -> Reads {
        let before = words.x.load(O::LOAD);
        r1(before, new) | r2(words.x.swap(new, O::UPDATE), new)
    }
}

/// Runs a test once, from 0 to 1: for a model checker.
pub fn once<T: Test, O: Orderings>() -> Reads {
    let words = Arc::new(Words::default());
    let words2 = Arc::clone(&words);
    let t2 = start("t2", move || T::t2::<O>(&words2, 1));
    let reads = T::t1::<O>(&words, 1) | finish(t2);
    reads | T::END.map_or(0, |end| end(&words, 1))
}

/// IRIW, independent reads of independent writes: t1 writes x, t2 writes y; t3 reads x, then y, and
/// t4 reads y, then x. Can the two readers disagree about which word was written first?
///
/// Release and Acquire order what comes before a store and what comes after the load that reads it;
/// of two stores by different threads, they order nothing. `SeqCst` puts all stores and loads in
/// one total order: this is what it adds. x86 has one order of all stores anyway; POWER does not
/// (Maranget, Sarkar, Sewell, "A Tutorial Introduction to the ARM and POWER Relaxed Memory
/// Models").
pub enum Iriw {}

impl Iriw {
    /// Each reader sees its first word new and its second one old. The bits are r1 and r2 of t3, r3
    /// and r4 of t4.
    pub const ASKED: Reads = 0b1010;

    /// Runs the test once. t4 is the thread that calls, since a model checker counts each thread.
    pub fn once<O: Orderings>() -> Reads {
        let words = Arc::new(Words::default());
        let [words1, words2, words3] = [(); 3].map(|()| Arc::clone(&words));
        let t1 = start("t1", move || words1.x.store(1, O::STORE));
        let t2 = start("t2", move || words2.y.store(1, O::STORE));
        let t3 = start("t3", move || {
            let first = words3.x.load(O::LOAD);
            (first << 3 | words3.y.load(O::LOAD) << 2) as Reads
        });
        let first = words.y.load(O::LOAD);
        let r4 = words.x.load(O::LOAD);
        [t1, t2].into_iter().for_each(finish);
        finish(t3) | (first << 1 | r4) as Reads
    }
}
