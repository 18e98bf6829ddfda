//! IRIW, independent reads of independent writes: t1 writes x, t2 writes y; t3 reads x, then y, and
//! t4 reads y, then x. Can the two readers disagree about which word was written first?
//!
//! Release and Acquire order what comes before a store and what comes after the load that reads it;
//! of two stores by different threads, they say nothing. `SeqCst` puts all stores and loads in one
//! order: this is what it adds. x86 has one order of all stores anyway; POWER does not (Maranget,
//! Sarkar, Sewell, "A Tutorial Introduction to the ARM and POWER Relaxed Memory Models").

use super::{Arc, Reads, Words, finish, start};
use crate::orders::Orders;

/// Each reader sees its first word new and its second one old. The bits are those of r1 and r2
/// (t3), r3 and r4 (t4).
pub const ASKED: Reads = 0b1010;

/// Runs the test once, from 0 to 1; t4 is the thread that calls, for a model checker counts each
/// thread.
pub fn once<O: Orders>() -> Reads {
    let words = Arc::new(Words::new());
    let of = |name: &str, part: fn(&Words) -> Reads| {
        let words = Arc::clone(&words);
        start(name, move || part(&words))
    };
    let t1 = of("t1", |words| {
        words.x.store(1, O::STORE);
        0
    });
    let t2 = of("t2", |words| {
        words.y.store(1, O::STORE);
        0
    });
    let t3 = of("t3", |words| {
        let first = words.x.load(O::LOAD);
        (first << 3 | words.y.load(O::LOAD) << 2) as Reads
    });
    let first = words.y.load(O::LOAD);
    let r4 = words.x.load(O::LOAD);
    finish(t1) | finish(t2) | finish(t3) | (first << 1 | r4) as Reads
}
