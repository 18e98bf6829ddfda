//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to
//! come out.

mod approaches;
mod limits;
mod plain;

pub(crate) use approaches::{
    compare_exchange, double_checked, lazy_lock, mutex, naive, once, once_cell, once_lock,
    outside_the_lock, thread_local,
};
pub(crate) use limits::{after_fork, panic, recursive};
pub(crate) use plain::plain;

/// What the approaches can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct Threads {
    /// How many threads ask at once, 2 to 100
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=100))]
    threads: u16,
}
