//! Whose it is, and how often: taken twice and given back once, it is taken still.

use std::cell::Cell;

use super::primitives::reentrant::ReentrantLock;
use super::{Arc, Cues, Done, Duration, Inside, two, work};

/// Lets `t1` take the lock, and take it again and give that back; then `t2` tries, for real while
/// `t1` still is inside. Each adds 1 to a plain value, with `pace` of work inside.
pub fn run(cues: &Cues, pace: Duration) -> Done {
    let shared = Arc::new((ReentrantLock::new(Cell::new(0)), Inside::new(), cues.clone()));
    let add = move |value: &Cell<u32>| {
        work(pace);
        value.set(value.get() + 1);
    };
    two(
        &shared,
        move |(lock, inside, cues)| {
            let Some(outer) = lock.try_lock() else { return };
            inside.during("lock", || {
                drop(lock.lock());
                cues.meet();
                // t2 tries now.
                cues.meet();
                add(&outer);
            });
        },
        move |(lock, inside, cues)| {
            cues.meet();
            if let Some(value) = lock.try_lock() {
                inside.during("lock", || add(&value));
            }
            cues.meet();
        },
    );
    let value = shared.0.lock().get();
    shared.1.done(value)
}

/// Takes the lock `times` times, gives it back as often, and says how often it was held after each
/// of these steps.
pub fn nested(times: u32) -> Vec<u32> {
    let lock = ReentrantLock::new(());
    let mut steps = Vec::new();
    let mut guards = Vec::new();
    for _ in 0..times {
        guards.push(lock.lock());
        steps.push(lock.times());
    }
    while guards.pop().is_some() {
        steps.push(lock.times());
    }
    steps
}
