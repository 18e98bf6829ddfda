//! What a task leaves on its thread for the next one: a pool's threads outlive their tasks, and so do
//! thread-locals.
//!
//! The user of a request in a thread-local is set by the task that serves it. A task that does not
//! clear it, or panics before it does, leaves it to the next task on that worker: another user's.
//! Each pool here has one worker, so the next task is on the same thread.

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use tracing::info_span;

use crate::BuildError;
use crate::on_pool::{one_worker, submit};

type User = Option<&'static str>;

thread_local! {
    static USER: Cell<User> = const { Cell::new(None) };
    static BUFFER: RefCell<Option<Arc<Vec<u8>>>> = const { RefCell::new(None) };
}

struct ClearUser;

impl Drop for ClearUser {
    fn drop(&mut self) {
        USER.set(None);
    }
}

/// Sets the user, and leaves it.
pub fn left() -> Result<User, BuildError> {
    next_sees(|| USER.set(Some("alice")))
}

/// Sets the user, and clears it at the end, which a panic skips.
pub fn cleared_by_hand() -> Result<User, BuildError> {
    next_sees(|| {
        USER.set(Some("alice"));
        serve();
        USER.set(None);
    })
}

/// Sets the user by a guard, whose drop clears it, also where a panic unwinds the task.
pub fn guarded() -> Result<User, BuildError> {
    next_sees(|| {
        USER.set(Some("alice"));
        let _clears = ClearUser;
        serve();
    })
}

fn serve() {
    std::panic::resume_unwind(Box::new("no such page"));
}

/// Runs a task, and after it one that sets no user; returns the user that it sees.
fn next_sees(task: impl FnOnce() + Send + 'static) -> Result<User, BuildError> {
    let pool = one_worker()?;
    let first = submit(&pool, move || {
        let _runs = info_span!("runs", what = "alice's task");
        task();
    });
    let next = submit(&pool, || {
        let _runs = info_span!("runs", what = "the next task");
        USER.get()
    });
    // It may have panicked.
    drop(first.wait());
    Ok(next.wait().expect("it does not panic"))
}

/// Has a task keep a buffer of `bytes` bytes in a thread-local; returns how many bytes of it are
/// there when the task is over, and when the pool is.
pub fn kept(bytes: usize) -> Result<[usize; 2], BuildError> {
    let (pool, buffer) = (one_worker()?, Arc::new(vec![1; bytes]));
    let weak = Arc::downgrade(&buffer);
    let there = || weak.upgrade().map_or(0, |buffer| buffer.len());
    let task = submit(&pool, move || BUFFER.set(Some(buffer)));
    task.wait().expect("it does not panic");
    let after_the_task = there();
    drop(pool);
    Ok([after_the_task, there()])
}
