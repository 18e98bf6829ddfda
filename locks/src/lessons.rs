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
pub(crate) mod queue_shutdown;
pub(crate) mod reentrant;
pub(crate) mod rwlock;
pub(crate) mod semaphore;
pub(crate) mod sharded_rwlock;
pub(crate) mod spin;
pub(crate) mod ticket;
mod weakened;

use std::time::Duration;

use clap::value_parser;
use locks::model::exclusion_probe::{Admission, Entries};
use stage::{Checked, Variant, expect, grouped};

#[derive(Clone, Copy, Debug, clap::Args)]
struct Increments {
    /// Increments of each of two threads at full speed, 1 to 10000000
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    #[arg(value_parser = value_parser!(u32).range(1..=10_000_000))]
    increments: u32,
}

impl Increments {
    /// Has two threads count to the sum of their increments.
    fn counted(self, count: fn(u32) -> u32) -> Checked {
        let times = self.increments;
        let [each, all] = [times, 2 * times].map(grouped);
        let line = format!("2 × {each} increments of a plain value make {all}");
        expect(count(times), 2 * times, line)
    }

    /// Returns far more time than that takes, even where one core is all there is.
    fn limit(self) -> Duration {
        Duration::from_secs(30) + Duration::from_micros(20) * self.increments
    }
}

#[derive(Clone, Copy, Debug, clap::Args)]
struct Waiters {
    /// Threads that join the queue, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 5)]
    #[arg(value_parser = value_parser!(u32).range(1..=64))]
    waiters: u32,
}

impl Waiters {
    /// Has threads join a queue one by one, and acquire the lock in that order.
    fn in_order(self, run: fn(u32, Duration) -> Vec<u32>) -> Checked {
        let threads = number_of(self.waiters, "thread");
        let line = format!("{threads} joined one by one, and acquired it in that order");
        expect(run(self.waiters, Duration::from_millis(1)), (1..=self.waiters).collect(), line)
    }
}

/// Adds a model in which two threads try to enter a critical section once each.
fn exclusion(variant: Variant, run: fn(Duration) -> Entries) -> Variant {
    let right = [Admission::One, Admission::InTurn];
    variant
        .explored_for("2 threads", "", "admit two", right, move || run(Duration::ZERO).admission())
}

/// Writes a number and its noun, in the plural unless it is one.
fn number_of(number: u32, noun: &str) -> String {
    format!("{} {noun}{}", grouped(number), if number == 1 { "" } else { "s" })
}
