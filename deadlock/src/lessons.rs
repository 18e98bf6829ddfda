//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to
//! come out.

use deadlock::Window;

mod circles;
mod cures;
mod others;
mod philosophers;

pub(crate) use circles::{coffman, lock_order, self_lock, upgrade};
pub(crate) use cures::{banker, detect, lock_graph, recover};
pub(crate) use others::{async_guard, channels, join_cycle, livelock, pool, starvation};
pub(crate) use philosophers::philosophers;

/// What `philosophers` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Philosophers {
    /// How many sit at the table, 2 to 1000
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(2..=1000))]
    pub(crate) philosophers: u16,
    /// How many meals each of them eats, 1 to 1000; a meal takes 1 ms
    #[arg(long, value_name = "M", default_value_t = 20, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) meals: u16,
}

/// The window for forms in which both threads can have their first lock: one that deadlocks is
/// caught in it, one that backs off has to.
fn all_hold() -> Window {
    Window::until_all_hold(2)
}

/// The window for mends that keep the second thread out.
fn moment() -> Window {
    Window::for_a_moment(2)
}
