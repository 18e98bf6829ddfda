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

use super::runtime::{JoinHandle, sleep, spawn};
use crate::lane::{self, wait};

/// A count of concurrent requests. It decides nothing, so its orderings do not matter.
#[derive(Debug, Default)]
struct Requests {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Requests {
    async fn request(&self, beat: Duration, all: Option<&Barrier>) {
        let _holds = info_span!("holds", what = "request");
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(now, Relaxed);
        if let Some(all) = all {
            all.wait().await;
        }
        sleep(beat).await;
        self.now.fetch_sub(1, Relaxed);
    }
}

async fn all(jobs: Vec<JoinHandle<()>>) {
    for job in jobs {
        job.await.expect("no job panics");
    }
}

/// Spawns all jobs, each with its request; returns the largest number of concurrent requests. To
/// leave nothing to luck, each request ends only after all have begun.
pub async fn unlimited(jobs: usize, beat: Duration) -> usize {
    let (requests, barrier) = (Arc::new(Requests::default()), Arc::new(Barrier::new(jobs)));
    let job = |number| {
        let (requests, barrier) = (Arc::clone(&requests), Arc::clone(&barrier));
        spawn(lane::task(&format!("job{number}"), async move {
            requests.request(beat, Some(&barrier)).await;
        }))
    };
    all((0..jobs).map(job).collect()).await;
    requests.most.load(Relaxed)
}

/// Spawns all jobs; each request needs one of `limit` permits.
///
/// # Fairness
/// Permits are granted in FIFO order.
pub async fn limited(jobs: usize, limit: usize, beat: Duration) -> usize {
    let (requests, permits) = (Arc::new(Requests::default()), Arc::new(Semaphore::new(limit)));
    let job = |number| {
        let (requests, permits) = (Arc::clone(&requests), Arc::clone(&permits));
        spawn(lane::task(&format!("job{number}"), async move {
            let _permit = wait("permit", permits.acquire()).await.expect("it is never closed");
            requests.request(beat, None).await;
        }))
    };
    all((0..jobs).map(job).collect()).await;
    requests.most.load(Relaxed)
}

/// Aborts a job in the middle of its request; returns how many permits there are meanwhile, and
/// afterwards.
pub async fn aborted() -> (usize, usize) {
    let permits = Arc::new(Semaphore::new(1));
    let (mine, (begun, has_begun)) = (Arc::clone(&permits), oneshot::channel());
    let job = spawn(lane::task("job", async move {
        let _permit = mine.acquire().await.expect("it is never closed");
        let _holds = info_span!("holds", what = "permit");
        let _ = begun.send(());
        std::future::pending::<()>().await;
    }));
    has_begun.await.expect("it gets its permit");
    let meanwhile = permits.available_permits();
    job.abort();
    assert!(job.await.is_err(), "it was aborted");
    (meanwhile, permits.available_permits())
}
