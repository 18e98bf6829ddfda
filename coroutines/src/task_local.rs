//! What a request carries along, such as its id, which its log lines name. A thread-local is the
//! thread's, and so all its tasks'; a task-local is put into one for each poll of its own task, and
//! taken out after it.
//!
//! Where tasks move between threads, it is worse: after an await, a task finds the thread-local of
//! another thread.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;

use tokio::sync::Barrier;
use tracing::info;

use super::runtime::{block_on, spawn};
use crate::lane::{self, at};

thread_local!(static OF_THREAD: Cell<u32> = const { Cell::new(0) });
tokio::task_local!(static OF_TASK: u32);

/// Writes a log line; returns the id in it.
fn logs(id: u32) -> u32 {
    info!("logs id {id}");
    id
}

/// Runs two requests, each of which waits until the other one has begun, and then logs its id;
/// returns how many log the id of the other one.
fn two_requests<F: Future<Output = u32> + 'static>(request: impl Fn(u32, Rc<Barrier>) -> F) -> u32 {
    let both = Rc::new(Barrier::new(2));
    block_on(async {
        let tasks = [1, 2].map(|id| {
            let body = request(id, Rc::clone(&both));
            spawn(lane::task(&format!("request{id}"), body))
        });
        let mut wrong = 0;
        for (id, task) in (1..).zip(tasks) {
            wrong += u32::from(at(task).await.expect("no request panics") != id);
        }
        wrong
    })
}

/// Keeps the id in a thread-local: the other request overwrites it at the await.
pub fn of_the_thread() -> u32 {
    two_requests(|id, both| async move {
        info!("sets id {id}");
        OF_THREAD.set(id);
        at(both.wait()).await;
        logs(OF_THREAD.get())
    })
}

/// Puts an id into the thread-local for each poll of a future, and takes it out after it.
async fn with_id<F: Future>(mut id: u32, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        let before = OF_THREAD.replace(id);
        let polled = future.as_mut().poll(cx);
        id = OF_THREAD.replace(before);
        polled
    })
    .await
}

/// Keeps the id in the same thread-local, in which each request finds its own.
pub fn by_poll() -> u32 {
    two_requests(|id, both| {
        with_id(id, async move {
            at(both.wait()).await;
            logs(OF_THREAD.get())
        })
    })
}

/// Does the same by tokio's `task_local!`, which takes the id out after a poll that panics as well.
pub fn of_the_task() -> u32 {
    two_requests(|id, both| {
        OF_TASK.scope(id, async move {
            at(both.wait()).await;
            logs(OF_TASK.get())
        })
    })
}

/// Lets a request with id 7 spawn a task, and another one that it hands its id to; returns the id
/// that each of them finds.
pub fn spawns() -> [Option<u32>; 2] {
    let finds = || async { OF_TASK.try_with(|id| logs(*id)).ok() };
    block_on(OF_TASK.scope(7, async {
        let alone = spawn(lane::task("alone", finds()));
        let told = spawn(lane::task("told", OF_TASK.scope(OF_TASK.get(), finds())));
        [at(alone).await, at(told).await].map(|id| id.expect("it does not panic"))
    }))
}
