//! LB: each reads the other's word, then writes its own. Can both read what the other writes later?
//!
//! With `Relaxed` the model allows it, for a load may be done after the store behind it. ARM and
//! POWER allow it too, and hardly any chip does it. x86 never does, and Loom has no loads that read
//! from the future. With Release and Acquire each load would come before the store that it reads
//! from, in a circle, and so it is forbidden.

use super::{Reads, Test, Words, r1, r2};
use crate::orders::{Orders, Strength};

/// t1: r1 = x, y = new. t2: r2 = y, x = new. Asked: both new.
pub enum LoadBuffering {}

impl Test for LoadBuffering {
    const ASKED: Reads = 0b11;
    const IN_STEP: Reads = 0b00;
    const FORBIDDEN_FROM: Strength = Strength::ReleaseAcquire;

    #[inline]
    fn t1<O: Orders>(words: &Words, new: u32) -> Reads {
        let read = words.x.load(O::LOAD);
        words.y.store(new, O::STORE);
        r1(read, new)
    }

    #[inline]
    fn t2<O: Orders>(words: &Words, new: u32) -> Reads {
        let read = words.y.load(O::LOAD);
        words.x.store(new, O::STORE);
        r2(read, new)
    }
}
