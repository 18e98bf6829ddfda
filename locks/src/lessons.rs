//! The lessons, a file each: what is shown, by which variants, and what has to come out.

pub(crate) mod alternate;
pub(crate) mod barrier;
pub(crate) mod bounded_buffer;
pub(crate) mod condvar;
pub(crate) mod convoy;
pub(crate) mod event;
pub(crate) mod fairness;
pub(crate) mod from_condvar;
pub(crate) mod futex;
pub(crate) mod latch;
pub(crate) mod mcs;
pub(crate) mod mutex;
pub(crate) mod nested;
pub(crate) mod peterson;
pub(crate) mod priority_inversion;
pub(crate) mod reentrant;
pub(crate) mod rwlock;
pub(crate) mod semaphore;
pub(crate) mod sharded_rwlock;
pub(crate) mod spin;
pub(crate) mod ticket;

use std::time::Duration;

use locks::model::exclusion_probe::{Admission, Entries};
use stage::Variant;

/// Adds a model in which two threads try to enter a critical section once each.
fn exclusion(variant: Variant, run: fn(Duration) -> Entries) -> Variant {
    let right = [Admission::One, Admission::InTurn];
    variant.explored_for("2 threads", "both in", right, move || run(Duration::ZERO).admission())
}

/// Writes a number and its noun, in the plural unless it is one.
fn number_of(number: u32, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
