//! What `nested.rs` does, on a pool small enough for the model checker: a queue behind a lock stands
//! for the channel. Its workers block while they wait, or run what is queued. The stealing pool
//! itself takes more steps than can all be tried; tests draw some thousands of its schedules.

use std::collections::VecDeque;

use tracing::info_span;

use super::lane::{lock, run_all, task, wait_while};
use super::sync::{Arc, Condvar, Mutex, MutexGuard};
use crate::Job;

/// Runs two outer tasks on two workers that block while they wait.
///
/// # Blocking
/// For ever: both outer tasks are queued before any inner one.
pub fn waits() -> [u32; 2] {
    run(false)
}

/// Runs two outer tasks on two workers that run what is queued while they wait, and park until a job
/// or the result comes.
pub fn helps() -> [u32; 2] {
    run(true)
}

fn run(helps: bool) -> [u32; 2] {
    let pool = Arc::new(Pool::default());
    for number in [1, 2] {
        let pool2 = Arc::clone(&pool);
        pool.submit(move || {
            let _runs = info_span!("runs", what = format!("outer {number}"));
            let (pool3, inner) = (Arc::clone(&pool2), number + 1);
            pool2.submit(move || {
                let _runs = info_span!("runs", what = format!("inner {number}"));
                pool3.done(inner, number as u32 * 10);
            });
            let _waits = info_span!("waits", what = format!("inner {number}"));
            let result = pool2.wait(inner, helps);
            pool2.done(number - 1, result + number as u32);
        });
    }
    run_all(&pool, ["w1", "w2"].map(|name| task(name, Pool::work)));
    [0, 1].map(|outer| pool.lock().results[outer].expect("its worker has ended"))
}

#[derive(Default)]
struct Pool {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Of the two outer tasks, and of their inner ones.
    results: [Option<u32>; 4],
}

impl Pool {
    fn submit(&self, work: impl FnOnce() + Send + 'static) {
        self.lock().jobs.push_back(Job::new(work));
        self.changed.notify_one();
    }

    fn done(&self, task: usize, result: u32) {
        self.lock().results[task] = Some(result);
        self.changed.notify_all();
    }

    fn work(&self) {
        self.run_until(|results| results[0].is_some() && results[1].is_some());
    }

    fn wait(&self, task: usize, helps: bool) -> u32 {
        if helps {
            self.run_until(|results| results[task].is_some());
        }
        let pending = |state: &mut State| state.results[task].is_none();
        let state = wait_while(&self.changed, self.lock(), pending);
        state.results[task].expect("it is there")
    }

    fn run_until(&self, over: impl Fn(&[Option<u32>; 4]) -> bool) {
        loop {
            let nothing_yet = |state: &mut State| state.jobs.is_empty() && !over(&state.results);
            let mut state = wait_while(&self.changed, self.lock(), nothing_yet);
            if over(&state.results) {
                return;
            }
            let job = state.jobs.pop_front().expect("it was woken for one");
            drop(state);
            job.run();
        }
    }

    #[track_caller]
    fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }
}
