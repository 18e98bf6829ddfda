//! Two threads, one counter: what becomes of an update that consists of a read and a write.
//!
//! Each form has the same `run`: each of two threads adds its change to a counter, again and again. The difference between
//! two files is the difference between two approaches.

use super::lane::{finish, start};
use super::sync::{self, Arc};
use crate::Window;

pub mod atomic;
pub mod racy;

/// Says what is added to the counter, how often, and what becomes of the moment between a read and a write.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What t1 adds, and what t2 adds.
    pub changes: [i64; 2],
    /// How often each of them does.
    pub updates: u32,
    /// The moment in between.
    pub window: Window,
}

impl Plan {
    /// Returns what the counter has to show in the end.
    pub fn sum(&self) -> i64 {
        self.changes.iter().sum::<i64>() * i64::from(self.updates)
    }
}

/// Counts the updates that were lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Hammered {
    /// So many rounds were played.
    pub rounds: u32,
    /// So many updates were made in them, by both threads.
    pub updates: i64,
    /// So many of them are not in the counter.
    pub lost: i64,
}

/// Plays rounds, each twice as long as the one before, until one loses updates; `rounds` of them at the most. In the first
/// round each thread adds 1 `updates` times.
///
/// A round loses none if its threads never ran at once, and neither was interrupted in the moment. That is rare on two
/// cores, also on busy ones. On one core a short round often is over before anyone is interrupted. Hence the longer ones.
///
/// With +1 on both sides, what is missing in the end was lost, to the last update. With +1 and −1, losses on one
/// side would hide those on the other.
pub fn hammer(run: fn(&Plan) -> i64, updates: u32, rounds: u32) -> Hammered {
    let mut seen = Hammered::default();
    while seen.rounds < rounds && seen.lost == 0 {
        let updates = updates << seen.rounds;
        let plan = Plan { changes: [1, 1], updates, window: Window::narrow() };
        seen.rounds += 1;
        seen.updates += plan.sum();
        seen.lost += plan.sum() - run(&plan);
    }
    seen
}

/// Calls `update(counter, change, window)` as often as the plan says on each of two threads, and waits for both.
fn two<C: Send + Sync + 'static>(
    plan: &Plan,
    counter: &Arc<C>,
    update: impl Fn(&C, i64, &Window) + Copy + Send + 'static,
) {
    let thread = |name: &str, change| {
        let (counter, window, updates) = (Arc::clone(counter), plan.window.clone(), plan.updates);
        start(name, move || {
            let _runs = window.begin(format_args!("adds, {updates} times"));
            for _ in 0..updates {
                update(&counter, change, &window);
            }
        })
    };
    let [t1, t2] = [thread("t1", plan.changes[0]), thread("t2", plan.changes[1])];
    finish(t1);
    finish(t2);
}
