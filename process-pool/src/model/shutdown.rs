//! Two workers, a queue, and the four ends of a pool.

use std::collections::VecDeque;

use kit::model::lane::{finish, start};
use kit::model::notes::named;
use kit::model::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use kit::model::sync::{Arc, Condvar, Mutex};
use tracing::info_span;

/// The number of tasks.
pub const TASKS: usize = 2;

/// A way to end a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Main returns, and the workers end in the middle of their tasks.
    Left,
    /// Everything is run.
    Shutdown,
    /// What was begun is finished.
    Now,
    /// What was begun is killed.
    Terminate,
}

/// The ends of the tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The number of tasks with a result.
    pub done: usize,
    /// The number of tasks whose handle gets an error.
    pub closed: usize,
}

#[derive(Default)]
struct State {
    queue: VecDeque<usize>,
    closed: bool,
    killed: bool,
}

#[derive(Default)]
struct Pool {
    state: Mutex<State>,
    changed: Condvar,
    done: AtomicUsize,
    cut_off: AtomicUsize,
}

impl Pool {
    fn work(&self) {
        loop {
            let mut state = self.state.lock().expect("no panic");
            while state.queue.is_empty() && !state.closed {
                state = self.changed.wait(state).expect("no panic");
            }
            let Some(task) = state.queue.pop_front() else { return };
            drop(state);
            let _runs = info_span!("runs", what = %format_args!("task {}", task + 1)).entered();
            // The task is at work here: a kill finds it in its middle.
            let ended = if self.state.lock().expect("no panic").killed {
                &self.cut_off
            } else {
                &self.done
            };
            ended.fetch_add(1, SeqCst);
        }
    }
}

/// Ends a pool of two queued tasks, at any moment after its workers were started.
pub fn run(end: End) -> Ends {
    let state = State { queue: (0..TASKS).collect(), ..State::default() };
    let pool = Arc::new(Pool { state: Mutex::new(state), ..Pool::default() });
    let workers = ["w1", "w2"].map(|lane| {
        let pool = Arc::clone(&pool);
        start(lane, move || pool.work())
    });
    named("caller");
    let _runs = info_span!("runs", what = "ends the pool").entered();
    let mut state = pool.state.lock().expect("no panic");
    // What main sees when it returns is what there is: a process that ends runs nothing more.
    let seen = pool.done.load(SeqCst);
    state.closed = true;
    let queued = if end == End::Shutdown { 0 } else { std::mem::take(&mut state.queue).len() };
    state.killed = matches!(end, End::Left | End::Terminate);
    pool.changed.notify_all();
    drop(state);
    workers.into_iter().for_each(finish);
    match end {
        End::Left => Ends { done: seen, closed: 0 },
        _ => Ends { done: pool.done.load(SeqCst), closed: queued + pool.cut_off.load(SeqCst) },
    }
}
