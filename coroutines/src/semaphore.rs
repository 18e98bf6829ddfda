//! At most so many at once: a semaphore's permits, which come back by their destructors, however a
//! task ends.
//!
//! A task costs next to nothing, and so a thousand of them are started in no time; what they ask
//! for, a database or a disk, does not bear a thousand at once. The limit belongs around the
//! request, not around the tasks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use tokio::sync::{Barrier, Semaphore, oneshot};
use tracing::info_span;

use super::runtime::{JoinHandle, sleep, spawn};
use crate::lane::{self, wait};

/// Counts who is inside. The number decides nothing, so the orderings do not matter.
#[derive(Debug, Default)]
struct Inside {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Inside {
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

/// Starts all jobs, each with its request; returns how many there were at once. So that it is no
/// matter of luck, each request ends only after all have begun.
///
/// # Panics
/// Outside of its executor.
pub async fn unlimited(jobs: usize, beat: Duration) -> usize {
    let (inside, barrier) = (Arc::new(Inside::default()), Arc::new(Barrier::new(jobs)));
    let job = |number| {
        let (inside, barrier) = (Arc::clone(&inside), Arc::clone(&barrier));
        spawn(lane::task(&format!("job{number}"), async move {
            inside.request(beat, Some(&barrier)).await;
        }))
    };
    all((0..jobs).map(job).collect()).await;
    inside.most.load(Relaxed)
}

/// Starts all jobs; each request needs one of `limit` permits.
///
/// # Panics
/// Outside of its executor.
///
/// # Fairness
/// Permits are given in the order in which they were asked for.
pub async fn limited(jobs: usize, limit: usize, beat: Duration) -> usize {
    let (inside, permits) = (Arc::new(Inside::default()), Arc::new(Semaphore::new(limit)));
    let job = |number| {
        let (inside, permits) = (Arc::clone(&inside), Arc::clone(&permits));
        spawn(lane::task(&format!("job{number}"), async move {
            let _permit = wait("permit", permits.acquire()).await.expect("nobody closes it");
            inside.request(beat, None).await;
        }))
    };
    all((0..jobs).map(job).collect()).await;
    inside.most.load(Relaxed)
}

/// Aborts a job in the middle of its request; returns how many permits there were meanwhile, and
/// how many there are afterwards.
///
/// # Panics
/// Outside of its executor.
pub async fn aborted(beat: Duration) -> (usize, usize) {
    let permits = Arc::new(Semaphore::new(1));
    let (mine, (inside, is_inside)) = (Arc::clone(&permits), oneshot::channel());
    let job = spawn(lane::task("job", async move {
        let _permit = mine.acquire().await.expect("nobody closes it");
        let _holds = info_span!("holds", what = "permit");
        let _ = inside.send(());
        sleep(1000 * beat).await;
    }));
    is_inside.await.expect("it gets its permit");
    let meanwhile = permits.available_permits();
    job.abort();
    let ended = job.await;
    debug_assert!(ended.is_err(), "it was aborted");
    (meanwhile, permits.available_permits())
}
