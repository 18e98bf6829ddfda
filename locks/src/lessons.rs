//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to
//! come out.

mod exclusion;
mod in_use;
mod sharing;
mod waiting;

pub(crate) use exclusion::{futex, mcs, peterson, reentrant, spin, ticket};
pub(crate) use in_use::{convoy, fairness, mutex, nested, priority_inversion};
pub(crate) use sharing::{rwlock, sharded_rwlock};
pub(crate) use waiting::{barrier, condvar, event, latch, semaphore};

/// Writes a number and its noun, in the plural unless it is one.
fn number_of(number: u32, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
