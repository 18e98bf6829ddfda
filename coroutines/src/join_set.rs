//! Tasks in a set: as many as you like, handed over as they end, and aborted with the set. A future
//! in `join!` shares its task; each of these is one, and on several threads they run at the same
//! time.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::lane::{self, wait};
use crate::on_tokio::join_and_select::{BEATS, Fetched};
use crate::tokio_runtime::now;

fn start(beat: Duration) -> JoinSet<usize> {
    let mut set = JoinSet::new();
    for (number, beats) in BEATS.into_iter().enumerate() {
        let name = format!("fetch{number}");
        set.spawn(lane::task(&name, async move {
            wait("answer", sleep(beats * beat)).await;
            number
        }));
    }
    set
}

/// Takes each result as it comes: the quickest first.
///
/// # Panics
/// If a task has panicked, or not in a runtime.
pub async fn as_they_end(beat: Duration) -> Fetched {
    let began = now();
    let mut set = start(beat);
    let mut order = Vec::new();
    while let Some(ended) = set.join_next().await {
        order.push(ended.expect("no fetch panics"));
    }
    Fetched { order, took: now() - began }
}

/// Takes the first result; the set is dropped, and the other tasks are aborted with it.
///
/// # Panics
/// If a task has panicked, or not in a runtime.
pub async fn first(beat: Duration) -> Fetched {
    let began = now();
    let mut set = start(beat);
    let first = set.join_next().await.expect("there are three").expect("no fetch panics");
    Fetched { order: vec![first], took: now() - began }
}
