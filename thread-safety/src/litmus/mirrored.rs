//! The tests whose two threads do the same, each with its own word and the other one: store
//! buffering, what fixes it and what does not, and load buffering.

use super::super::sync::atomic::{AtomicU32, Ordering, fence};
use super::{Reads, Test, Words, r1, r2};
use crate::orderings::{Orderings, Strength};

/// Makes a test whose threads do the same, t1 with x and y, t2 with y and x: the closure is given the
/// thread's own word, the other one, what is new, and the orderings; it returns what it has read.
macro_rules! mirrored {
    (
        $(#[$doc:meta])* $name:ident {
            asked $asked:literal, in step $in_step:literal, forbidden from $strength:ident;
            $(const $const:ident: $type:ty = $value:expr;)*
            |$own:ident, $other:ident, $new:ident, $O:ident| $part:expr
        }
    ) => {
        $(#[$doc])*
        pub enum $name {}

        impl $name {
            #[inline]
            fn part<$O: Orderings>($own: &AtomicU32, $other: &AtomicU32, $new: u32) -> u32 {
                $part
            }
        }

        impl Test for $name {
            const ASKED: Reads = $asked;
            const IN_STEP: Reads = $in_step;
            const FORBIDDEN_FROM: Strength = Strength::$strength;
            $(const $const: $type = $value;)*

            #[inline]
            fn t1<O: Orderings>(words: &Words, new: u32) -> Reads {
                r1(Self::part::<O>(&words.x, &words.y, new), new)
            }

            #[inline]
            fn t2<O: Orderings>(words: &Words, new: u32) -> Reads {
                r2(Self::part::<O>(&words.y, &words.x, new), new)
            }
        }
    };
}

mirrored! {
    /// SB, store buffering. t1: x = new, r1 = y. t2: y = new, r2 = x. Asked: both old.
    ///
    /// A store waits in its core's store buffer until the cache line is there, and the load behind
    /// it does not wait: x86 shows it. Release and Acquire do not help: they order what comes
    /// *before* a store and what comes *after* a load, and here the load comes after the store.
    /// `SeqCst` forbids it. Dekker's lock rests on this test.
    StoreBuffering {
        asked 0b00, in step 0b11, forbidden from SeqCst;
        const SEEN_EVERYWHERE: bool = true;
        |own, other, new, O| {
            own.store(new, O::STORE);
            other.load(O::LOAD)
        }
    }
}

mirrored! {
    /// SB with a `SeqCst` fence between the store and the load of each thread.
    ///
    /// All such fences have one total order; what is stored before the earlier one is seen by the
    /// loads behind the later one, whatever the orderings of the accesses are.
    Fenced {
        asked 0b00, in step 0b11, forbidden from Relaxed;
        |own, other, new, O| {
            own.store(new, O::STORE);
            fence(Ordering::SeqCst);
            other.load(O::LOAD)
        }
    }
}

mirrored! {
    /// SB with an exchange in place of each store.
    ///
    /// The model takes an exchange that is not `SeqCst` for no fence: the load behind it may be
    /// done before its store. x86's `xchg` waits until the store buffer is empty, as each of its
    /// locked instructions does.
    Exchanged {
        asked 0b00, in step 0b11, forbidden from SeqCst;
        |own, other, new, O| {
            own.swap(new, O::UPDATE);
            other.load(O::LOAD)
        }
    }
}

mirrored! {
    /// SB with a read-modify-write in place of each store and of each load.
    ///
    /// On each word, the two have an order. If t1 reads y as it was, t2's exchange of y comes later,
    /// and so reads, and acquires, what t1 wrote: x = new happens before t2 reads x.
    ReadByWriting {
        asked 0b00, in step 0b11, forbidden from ReleaseAcquire;
        |own, other, new, O| {
            own.swap(new, O::UPDATE);
            other.fetch_add(0, O::UPDATE)
        }
    }
}

mirrored! {
    /// LB, load buffering. t1: r1 = y, x = new. t2: r2 = x, y = new. Asked: both new.
    ///
    /// With `Relaxed` the model allows it, for a load may be done after the store behind it. ARM and
    /// POWER allow it too, and hardly any chip does it; x86 never does, and Loom has no loads that
    /// read from the future. With Release and Acquire each load would happen before the store that
    /// it reads from, in a cycle, and so it is forbidden.
    LoadBuffering {
        asked 0b11, in step 0b00, forbidden from ReleaseAcquire;
        |own, other, new, O| {
            let read = other.load(O::LOAD);
            own.store(new, O::STORE);
            read
        }
    }
}
