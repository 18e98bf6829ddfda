//! MP: t1 writes the data, then the flag; t2 reads the flag, then the data. Can it see the flag
//! without the data?
//!
//! With `Relaxed` it can: the two stores may become visible in the other order, or the two loads be
//! done in it. ARM and POWER do both. x86 does neither. A Release store and the Acquire load that
//! reads it forbid both.

use super::{Reads, Test, Words, r1, r2};
use crate::orders::{Orders, Strength};

/// t1: x = new, y = new. t2: r1 = y, r2 = x. Asked: y new, x old.
pub enum MessagePassing {}

impl Test for MessagePassing {
    const ASKED: Reads = 0b10;
    const IN_STEP: Reads = 0b01;
    const FORBIDDEN_FROM: Strength = Strength::ReleaseAcquire;

    #[inline]
    fn t1<O: Orders>(words: &Words, new: u32) -> Reads {
        words.x.store(new, O::STORE);
        words.y.store(new, O::STORE);
        0
    }

    #[inline]
    fn t2<O: Orders>(words: &Words, new: u32) -> Reads {
        let (flag, data) = (words.y.load(O::LOAD), words.x.load(O::LOAD));
        r1(flag, new) | r2(data, new)
    }
}
