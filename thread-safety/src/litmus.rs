//! Two threads, two words, four accesses: which outcomes can there be, and which are there?
//!
//! Each test is a type: what t1 does, what t2 does, the outcome that it asks for, and the weakest
//! orderings under which the memory model (C++20's, which is Rust's) forbids that. The names are
//! those of the literature (Alglave, Maranget, Tautschnig, "Herding cats", 2014). A word is old or
//! new; `r1` and `r2` are what the two loads have read. One test has four threads: [`Iriw`].

use crossbeam_utils::CachePadded;

use super::lane::{finish, start};
use super::sync::Arc;
use super::sync::atomic::{AtomicU32, Ordering, fence};
use crate::orderings::{Orderings, Strength};

#[macro_use]
mod notation;

litmus_tests! { |x, y, new, O|
    /// SB, store buffering. t1: x = new, r1 = y. t2: y = new, r2 = x. Asked: both old.
    ///
    /// A store waits in its core's store buffer until the cache line is there, and the load behind
    /// it does not wait: x86 shows it. Release and Acquire do not help: they order what comes
    /// *before* a store and what comes *after* a load, and here the load comes after the store.
    /// `SeqCst` forbids it. Dekker's lock rests on this test.
    StoreBuffering: asked 0b00, in step 0b11, forbidden from SeqCst;
    const SEEN_EVERYWHERE: bool = true;
    t1 {
        x.store(new, O::STORE);
        r1(y.load(O::LOAD), new)
    }
    t2 {
        y.store(new, O::STORE);
        r2(x.load(O::LOAD), new)
    }

    /// SB with a `SeqCst` fence between the store and the load of each thread.
    ///
    /// All such fences have one total order; what is stored before the earlier one is seen by the
    /// loads behind the later one, whatever the orderings of the accesses are.
    Fenced: asked 0b00, in step 0b11, forbidden from Relaxed;
    t1 {
        x.store(new, O::STORE);
        fence(Ordering::SeqCst);
        r1(y.load(O::LOAD), new)
    }
    t2 {
        y.store(new, O::STORE);
        fence(Ordering::SeqCst);
        r2(x.load(O::LOAD), new)
    }

    /// SB with an exchange in place of each store.
    ///
    /// The model takes an exchange that is not `SeqCst` for no fence: the load behind it may be
    /// done before its store. x86's `xchg` waits until the store buffer is empty, as each of its
    /// locked instructions does.
    Exchanged: asked 0b00, in step 0b11, forbidden from SeqCst;
    t1 {
        x.swap(new, O::UPDATE);
        r1(y.load(O::LOAD), new)
    }
    t2 {
        y.swap(new, O::UPDATE);
        r2(x.load(O::LOAD), new)
    }

    /// SB with a read-modify-write in place of each store and of each load.
    ///
    /// On each word, the two have an order. If t1 reads y as it was, t2's exchange of y comes
    /// later, and so reads, and acquires, what t1 wrote: x = new happens before t2 reads x.
    ReadByWriting: asked 0b00, in step 0b11, forbidden from ReleaseAcquire;
    t1 {
        x.swap(new, O::UPDATE);
        r1(y.fetch_add(0, O::UPDATE), new)
    }
    t2 {
        y.swap(new, O::UPDATE);
        r2(x.fetch_add(0, O::UPDATE), new)
    }

    /// MP, message passing. t1: x = new, y = new. t2: r1 = y, r2 = x. Asked: y new, x old.
    ///
    /// With `Relaxed`, the two stores may become visible in the other order, or the two loads be
    /// done in it. ARM and POWER do both, x86 neither. A Release store and the Acquire load that
    /// reads it forbid both.
    MessagePassing: asked 0b10, in step 0b01, forbidden from ReleaseAcquire;
    t1 {
        x.store(new, O::STORE);
        y.store(new, O::STORE);
        0
    }
    t2 {
        let (flag, data) = (y.load(O::LOAD), x.load(O::LOAD));
        r1(flag, new) | r2(data, new)
    }

    /// LB, load buffering. t1: r1 = y, x = new. t2: r2 = x, y = new. Asked: both new.
    ///
    /// With `Relaxed` the model allows it, for a load may be done after the store behind it. ARM
    /// and POWER allow it too, and hardly any chip does it; x86 never does, and Loom has no loads
    /// that read from the future. With Release and Acquire each load would happen before the store
    /// that it reads from, in a cycle, and so it is forbidden.
    LoadBuffering: asked 0b11, in step 0b00, forbidden from ReleaseAcquire;
    t1 {
        let read = y.load(O::LOAD);
        x.store(new, O::STORE);
        r1(read, new)
    }
    t2 {
        let read = x.load(O::LOAD);
        y.store(new, O::STORE);
        r2(read, new)
    }

    /// `CoRR`, coherence. t1: x = new. t2: r1 = x, r2 = x. Asked: new, then old.
    ///
    /// Never, not even with `Relaxed`: all threads agree on the modification order of *one* word,
    /// and no thread goes back in it. Every atomic access gives that, and `Relaxed` gives no more.
    Coherence: asked 0b10, in step 0b01, forbidden from Relaxed;
    t1 {
        x.store(new, O::STORE);
        0
    }
    t2 {
        let (first, second) = (x.load(O::LOAD), x.load(O::LOAD));
        r1(first, new) | r2(second, new)
    }

    /// RMW, atomicity. t1: r1 = swap x. t2: r1 = x, r2 = swap x. Asked: all read old.
    ///
    /// Never, not even with `Relaxed`: a read-modify-write reads the write that comes directly
    /// before its own in the modification order. A load may be older: that is why an update by load
    /// and store is lost, and one by `fetch_add` is not.
    ReadModifyWrite: asked 0b00, in step 0b01, forbidden from Relaxed;
    t1 { r1(x.swap(new, O::UPDATE), new) }
    t2 {
        let before = x.load(O::LOAD);
        r1(before, new) | r2(x.swap(new, O::UPDATE), new)
    }

    /// 2+2W, two words and two writes of each. t1: x = 1, y = 2. t2: y = 1, x = 2. Asked: each word
    /// ends with a first write; a bit is set where it ends with a second one.
    ///
    /// No load reads any of the stores, so Release and Acquire order nothing. In one total order of
    /// all four, the last is some thread's second one, and its word ends with it. No processor is
    /// known to show what Release allows here (Lahav, Giannarakis, Vafeiadis, "Taming
    /// Release-Acquire Consistency", 2016).
    TwoWrites: asked 0b00, in step 0b11, forbidden from SeqCst;
    const END: Option<fn(&Words, u32) -> Reads> = Some(|words, new| {
        let second = |word: &AtomicU32| word.load(Ordering::Relaxed) % 2;
        debug_assert_eq!(words.x.load(Ordering::Relaxed) / 2, new, "both were written");
        r1(second(&words.x), 1) | r2(second(&words.y), 1)
    });
    t1 {
        x.store(2 * new, O::STORE);
        y.store(2 * new + 1, O::STORE);
        0
    }
    t2 {
        y.store(2 * new, O::STORE);
        x.store(2 * new + 1, O::STORE);
        0
    }
}

/// The two words, each in a cache line of its own, so that each travels between the cores by
/// itself.
#[derive(Debug, Default)]
pub struct Words {
    x: CachePadded<AtomicU32>,
    y: CachePadded<AtomicU32>,
}

/// What the loads have read, a bit each: 0b10 is a new value in `r1`, 0b01 one in `r2`.
pub type Reads = u8;

#[inline]
fn r1(read: u32, new: u32) -> Reads {
    u8::from(read == new) << 1
}

#[inline]
fn r2(read: u32, new: u32) -> Reads {
    u8::from(read == new)
}

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
