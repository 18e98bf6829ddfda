//! A future that is neither polled nor dropped keeps its place in a lock's queue (futurelock).
//!
//! A fair lock is handed to the future that has waited longest. If its task no longer polls that
//! future, since it awaits something else, the lock stays with it; and if that something else needs
//! the lock, the task waits for itself. `select!` leads there: it drops the futures that it owns,
//! but of one that it was lent (`&mut`) it drops the reference.

use std::mem::take;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::{Mutex, oneshot};
use tokio::{join, select};
use tracing::info_span;

use super::runtime::{sleep, spawn};
use crate::lane::{self, at, wait};

/// What was noted under the lock, each once.
type Notes = Vec<&'static str>;
type Lock = Rc<Mutex<Notes>>;

/// Acquires the lock, and notes that.
async fn note(lock: Lock, what: &'static str) {
    let mut notes = wait("A", lock.lock()).await;
    let _holds = info_span!("holds", what = "A");
    notes.push(what);
}

/// Lets task `t1` hold the lock for three beats, and meanwhile `t2` do what it is given; returns
/// what both have noted.
async fn two_tasks(beat: Duration, body: impl AsyncFnOnce(&Lock)) -> Notes {
    let lock = Lock::default();
    let (own, (begun, has_begun)) = (Rc::clone(&lock), oneshot::channel());
    drop(spawn(lane::task("t1", async move {
        let mut notes = at(own.lock()).await;
        let _holds = info_span!("holds", what = "A");
        let _ = begun.send(());
        sleep(3 * beat).await;
        notes.push("t1");
    })));
    at(has_begun).await.expect("it acquires the lock");
    lane::task("t2", body(&lock)).await;
    let mut notes = at(lock.lock()).await;
    take(&mut *notes)
}

/// Waits for the lock for one beat, by reference, and then for the lock again: the first future is
/// there still, is the next in the queue, and nobody polls it.
pub async fn by_reference(beat: Duration) -> Notes {
    let body = async |lock: &Lock| {
        let mut wants = pin!(note(Rc::clone(lock), "in time"));
        select! {
            biased;
            () = &mut wants => {}
            () = sleep(beat) => note(Rc::clone(lock), "late").await,
        }
    };
    two_tasks(beat, body).await
}

/// Does the same with a future that `select!` owns, and drops before what follows the arrow runs.
pub async fn dropped(beat: Duration) -> Notes {
    let body = async |lock: &Lock| {
        select! {
            biased;
            () = note(Rc::clone(lock), "in time") => {}
            () = sleep(beat) => note(Rc::clone(lock), "late").await,
        }
    };
    two_tasks(beat, body).await
}

/// Polls the first future on, beside the second one.
pub async fn polled(beat: Duration) -> Notes {
    let body = async |lock: &Lock| {
        let mut wants = pin!(note(Rc::clone(lock), "in time"));
        select! {
            biased;
            () = &mut wants => {}
            () = sleep(beat) => drop(join!(wants, note(Rc::clone(lock), "late"))),
        }
    };
    two_tasks(beat, body).await
}

/// Makes a task of the first future, which the executor polls: only the handle is not polled.
pub async fn spawned(beat: Duration) -> Notes {
    let body = async |lock: &Lock| {
        let mut wants = spawn(lane::task("t3", note(Rc::clone(lock), "in time")));
        select! {
            biased;
            _ = &mut wants => {}
            () = sleep(beat) => note(Rc::clone(lock), "late").await,
        }
    };
    two_tasks(beat, body).await
}
