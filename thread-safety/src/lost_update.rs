//! Some threads, one counter: what becomes of an update that consists of a read and a write.
//!
//! Each form has the same `run`: each thread adds its change to a counter, again and again. The
//! difference between two files is the difference between two approaches.

use super::lane::{finish, lock, start, take};
use super::sync;
use crate::Window;

pub mod atomic;
pub mod channel;
pub mod compare_exchange;
pub mod mutex;
pub mod racy;
pub mod sharded;

/// Says what is added to the counter, how often, and what becomes of the moment between a read and
/// a write.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What t1 adds, what t2 adds, and so on: a thread for each.
    pub changes: Vec<i64>,
    /// How often each of them does.
    pub updates: u32,
    /// The moment in between.
    pub window: Window,
    /// So many pauses of the processor come after each update: work that has nothing to do with the
    /// counter.
    pub apart: u32,
}

impl Plan {
    /// Makes a plan without any other work.
    pub fn new(changes: impl Into<Vec<i64>>, updates: u32, window: Window) -> Self {
        Self { changes: changes.into(), updates, window, apart: 0 }
    }

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

/// Plays rounds, each twice as long as the one before, until one loses updates; `rounds` of them at
/// the most. In the first round each of two threads adds 1 `updates` times.
///
/// A round loses none if its threads never ran at once, and neither was interrupted in the moment.
/// That is rare on two cores, also on busy ones. On one core a short round often is over before
/// anyone is interrupted. Hence the longer ones.
///
/// With +1 on both sides, what is missing in the end was lost, to the last update. With +1 and −1,
/// losses on one side would hide those on the other.
pub fn hammer(run: fn(&Plan) -> i64, updates: u32, rounds: u32) -> Hammered {
    let mut seen = Hammered::default();
    while seen.rounds < rounds && seen.lost == 0 {
        let plan = Plan::new([1, 1], updates << seen.rounds, Window::narrow());
        seen.rounds += 1;
        seen.updates += plan.sum();
        seen.lost += plan.sum() - run(&plan);
    }
    seen
}

/// Calls `update(handle, change, window)` as often as the plan says on a thread for each change,
/// and waits for all. `handle` makes what a thread reaches the counter by: t1's is number 0.
fn on_each_thread<H: Send + 'static>(
    plan: &Plan,
    handle: impl Fn(usize) -> H,
    update: impl Fn(&H, i64, &Window) + Copy + Send + 'static,
) {
    let threads = plan.changes.iter().enumerate().map(|(index, &change)| {
        let (handle, window) = (handle(index), plan.window.clone());
        let (updates, apart) = (plan.updates, plan.apart);
        start(format!("t{}", index + 1), move || {
            window.begin();
            for _ in 0..updates {
                update(&handle, change, &window);
                for _ in 0..apart {
                    std::hint::spin_loop();
                }
            }
        })
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().for_each(finish);
}
