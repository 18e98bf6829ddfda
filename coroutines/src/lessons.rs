//! The lessons, each with its variants: what runs for real, and what has to come out.

use std::io;
use std::time::Duration;

use coroutines::on_tokio::join_and_select::Fetched;
use stage::{Checked, expect};

pub(crate) mod async_drop;
pub(crate) mod blocking;
pub(crate) mod cancel;
pub(crate) mod channels;
pub(crate) mod cost;
pub(crate) mod cpu_bound;
mod descriptors;
pub(crate) mod echo;
pub(crate) mod executor;
pub(crate) mod future;
pub(crate) mod futurelock;
pub(crate) mod generator;
pub(crate) mod guard;
pub(crate) mod join_and_select;
pub(crate) mod local;
pub(crate) mod notify;
pub(crate) mod one_fails;
pub(crate) mod pin;
pub(crate) mod reactor;
pub(crate) mod select_order;
pub(crate) mod semaphore;
pub(crate) mod shutdown;
pub(crate) mod stream;
pub(crate) mod task_local;
pub(crate) mod tasks;
pub(crate) mod timeout;

/// The beat of lessons with timers, which are on tokio's paced clock: what is due first comes first
/// on a busy machine too.
const BEAT: Duration = Duration::from_millis(10);

fn ms(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}

/// Reports, if the results came in this order, and within this number of beats.
fn came(done: Fetched, order: &[usize], beats: u128, line: &str) -> Checked {
    // Tokio's timers round up to the next millisecond.
    let took = done.took.as_millis() / BEAT.as_millis();
    expect((done.order, took), (order.to_vec(), beats), format!("{line}: {}", ms(done.took)))
}

fn checked<T>(result: io::Result<T>) -> Result<T, String> {
    result.map_err(|error| error.to_string())
}
