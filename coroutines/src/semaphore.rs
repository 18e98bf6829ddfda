//! A limit on concurrent requests: a semaphore's permits, which are returned by their destructors,
//! however a task ends.
//!
//! A task costs next to nothing, and so a thousand of them are spawned in no time; what they ask
//! for, a database or a disk, does not bear a thousand requests at once. The limit belongs around
//! the request, not around the tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{Barrier, Semaphore, oneshot};
use tracing::info_span;

use super::runtime::{sleep, spawn};
use crate::lane::{self, at, wait};

/// A count of concurrent requests. It decides nothing, so its orderings do not matter.
#[derive(Debug, Default)]
struct Requests {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Requests {
    async fn request(&self, beat: Duration, all: &Barrier) {
        let _holds = info_span!("holds", what = "request");
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(now, Relaxed);
        at(all.wait()).await;
        sleep(beat).await;
        self.now.fetch_sub(1, Relaxed);
    }
}

/// Spawns all jobs, each with its request; returns the largest number of concurrent requests. With
/// a limit, each request needs one of that number of permits. Without one, to leave nothing to luck,
/// each request ends only after all have begun.
///
/// # Fairness
/// Permits are granted in FIFO order.
pub async fn requests(jobs: usize, limit: Option<usize>, beat: Duration) -> usize {
    let permits = Semaphore::new(limit.unwrap_or(jobs));
    let barrier = Barrier::new(if limit.is_some() { 1 } else { jobs });
    let shared = Arc::new((Requests::default(), permits, barrier));
    let job = |number| {
        let shared = Arc::clone(&shared);
        spawn(lane::task(&format!("job{number}"), async move {
            let (requests, permits, barrier) = &*shared;
            let _permit = wait("permit", permits.acquire()).await.expect("it is never closed");
            requests.request(beat, barrier).await;
        }))
    };
    for job in (0..jobs).map(job).collect::<Vec<_>>() {
        at(job).await.expect("no job panics");
    }
    shared.0.most.load(Relaxed)
}

/// Aborts a job in the middle of its request; returns how many permits there are meanwhile, and
/// afterwards.
pub async fn aborted() -> (usize, usize) {
    let permits = Arc::new(Semaphore::new(1));
    let (mine, (begun, has_begun)) = (Arc::clone(&permits), oneshot::channel());
    let job = spawn(lane::task("job", async move {
        let _permit = at(mine.acquire()).await.expect("it is never closed");
        let _holds = info_span!("holds", what = "permit");
        let _ = begun.send(());
        at(std::future::pending::<()>()).await;
    }));
    at(has_begun).await.expect("it gets its permit");
    let meanwhile = permits.available_permits();
    job.abort();
    assert!(at(job).await.is_err(), "it was aborted");
    (meanwhile, permits.available_permits())
}
