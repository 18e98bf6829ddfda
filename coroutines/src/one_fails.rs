//! Three at once, and one of them fails: what becomes of its siblings, and when the caller hears of
//! it.
//!
//! Fetch 0 fails after one beat; its siblings would take two beats and three. A caller that returns
//! the error at once may leave them running ([`spawned`]), aborted but not ended yet ([`join_set`]),
//! or ended ([`try_join`], and `join_set` as a scope). Structured concurrency is the last of these:
//! when a scope returns, nothing that was begun in it goes on.

use std::cell::Cell;
use std::rc::Rc;
use std::time::Duration;

use tokio::task::{JoinSet, spawn_local};
use tokio::time::sleep;

use crate::lane::{self, wait};
use crate::tokio_runtime::now;

/// How the two siblings of the one that fails have ended so far: the number of those that came to
/// their ends, and of those that were dropped before.
pub type Siblings = (u32, u32);

/// What a caller has seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The number of those that failed.
    pub failed: usize,
    /// The time until the caller knew, in beats.
    pub beats: u128,
    /// The siblings at that moment.
    pub then: Siblings,
    /// And when all beats are over.
    pub later: Siblings,
}

/// A run of three fetches.
#[derive(Clone)]
struct Run(Rc<Cell<Siblings>>, Duration);

/// A guard in each sibling; its destructor tells how that one has ended.
struct Ending<'a>(&'a Cell<Siblings>, bool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        let (done, dropped) = if self.1 { (1, 0) } else { (0, 1) };
        self.0.update(|ended| (ended.0 + done, ended.1 + dropped));
    }
}

impl Run {
    async fn fetch(self, number: u32) -> Result<(), &'static str> {
        let body = wait("an answer", sleep((number + 1) * self.1));
        let mut ending = (number > 0).then(|| Ending(&self.0, false));
        lane::task(&format!("fetch{number}"), body).await;
        ending.as_mut().ok_or("no answer")?.1 = true;
        Ok(())
    }

    /// Has a caller run all three, and looks at the siblings when it returns, and later.
    async fn seen(beat: Duration, caller: impl AsyncFnOnce([Self; 3]) -> usize) -> Seen {
        let run = Self(Rc::default(), beat);
        let began = now();
        let failed = caller([(); 3].map(|()| run.clone())).await;
        let beats = (now() - began).as_millis() / beat.as_millis();
        let then = run.0.get();
        sleep(4 * beat).await;
        Seen { failed, beats, then, later: run.0.get() }
    }
}

/// Spawns all three, awaits one after the other, and returns the first error: the handles that are
/// dropped detach their tasks, which run on.
pub async fn spawned(beat: Duration) -> Seen {
    Run::seen(beat, async |runs| {
        let tasks: Vec<_> = (0..).zip(runs).map(|(n, run)| spawn_local(run.fetch(n))).collect();
        for task in tasks {
            if task.await.expect("it does not panic").is_err() {
                return 1;
            }
        }
        0
    })
    .await
}

/// Awaits all three, and has three results, an error among them.
pub async fn join(beat: Duration) -> Seen {
    Run::seen(beat, async |[a, b, c]| {
        let (a, b, c) = tokio::join!(a.fetch(0), b.fetch(1), c.fetch(2));
        [a, b, c].iter().filter(|result| result.is_err()).count()
    })
    .await
}

/// Awaits all three within this task, and returns with the first error, which drops the others.
pub async fn try_join(beat: Duration) -> Seen {
    Run::seen(beat, async |[a, b, c]| {
        usize::from(tokio::try_join!(a.fetch(0), b.fetch(1), c.fetch(2)).is_err())
    })
    .await
}

/// Awaits all three tasks of a set, and returns with the first error. The others are aborted: by the
/// set, which is dropped; or, if it is a `scope`, by a shutdown, which waits for their ends.
pub async fn join_set(beat: Duration, scope: bool) -> Seen {
    Run::seen(beat, async |runs| {
        let mut set = JoinSet::new();
        for (number, run) in (0..).zip(runs) {
            set.spawn_local(run.fetch(number));
        }
        while let Some(ended) = set.join_next().await {
            if ended.expect("it does not panic").is_err() {
                if scope {
                    set.shutdown().await;
                }
                return 1;
            }
        }
        0
    })
    .await
}
