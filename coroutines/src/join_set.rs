//! Tasks in a set: any number, handed over as they end, and aborted with the set. A future in
//! `join!` shares its task; each of these is one, and on several threads they run in parallel.

use std::time::Duration;

use tokio::task::JoinSet;

use crate::on_tokio::join_and_select::{Fetched, fetch};
use crate::tokio_runtime::now;

/// Takes `count` results as they come, the quickest first; the set is dropped then, and the tasks
/// that are left in it are aborted.
pub async fn first(count: usize, beat: Duration) -> Fetched {
    let began = now();
    let mut set = JoinSet::new();
    (0..3).for_each(|number| drop(set.spawn(fetch(number, beat))));
    let mut order = Vec::new();
    while order.len() < count
        && let Some(ended) = set.join_next().await
    {
        order.push(ended.expect("no fetch panics"));
    }
    Fetched { order, took: now() - began }
}
