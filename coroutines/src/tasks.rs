//! Tasks: spawned, joined, aborted. A task is a future that the executor polls on its own; its
//! handle waits for its end.

use std::time::Duration;

use super::runtime;
use crate::lane;

/// Spawns three tasks: `t1` yields twice and returns 2, `t2` would yield for ever and is aborted,
/// `t3` panics, which ends no other task. Awaits all; returns the output of `t1`, and whether the
/// handles of `t2` and `t3` report the abort and the panic.
pub fn run(pace: Duration) -> (Option<u32>, bool, bool) {
    runtime::block_on(async {
        let step = async move || {
            lane::work("", pace);
            runtime::yield_now().await;
        };
        let t1 = runtime::spawn(lane::task("t1", async move {
            step().await;
            step().await;
            2
        }));
        let t2 = runtime::spawn(lane::task("t2", async move {
            loop {
                step().await;
            }
        }));
        let t3 = runtime::spawn(lane::task("t3", async move {
            step().await;
            // As a panic, without the report on standard error.
            std::panic::resume_unwind(Box::new("t3 panics"))
        }));
        let joined = t1.await.ok();
        t2.abort();
        let aborted = t2.await.is_err_and(|error: runtime::JoinError| error.is_cancelled());
        let ended: Result<(), runtime::JoinError> = t3.await;
        let panicked = ended.is_err_and(|error| error.is_panic());
        (joined, aborted, panicked)
    })
}
