//! Tasks in a set: any number, handed over as they end, and aborted with the set. A future in
//! `join!` shares its task; each of these is one, and on several threads they run in parallel.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::lane::{self, wait};
use crate::on_tokio::join_and_select::{BEATS, Fetched};
use crate::tokio_runtime::now;

/// Takes `count` results as they come, the quickest first; the set is dropped then, and the tasks
/// that are left in it are aborted.
pub async fn first(count: usize, beat: Duration) -> Fetched {
    let began = now();
    let mut set = JoinSet::new();
    for (number, beats) in BEATS.into_iter().enumerate() {
        set.spawn(lane::task(&format!("fetch{number}"), async move {
            wait("answer", sleep(beats * beat)).await;
            number
        }));
    }
    let mut order = Vec::new();
    while order.len() < count
        && let Some(ended) = set.join_next().await
    {
        order.push(ended.expect("no fetch panics"));
    }
    Fetched { order, took: now() - began }
}
