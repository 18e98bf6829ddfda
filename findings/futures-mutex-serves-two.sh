#!/usr/bin/env bash
# futures 0.3.34, tokio 1.54.1: four tasks that each lock, work across an `.await`, unlock and yield: with futures' mutex two of them have all the turns and
# the other two never come; with tokio's each has a quarter.
# Guess: both serve in the order of arrival, or barge so that each comes now and then.
# Why: futures keeps its waiters in the slots of a slab, and an unlock wakes the one in the lowest slot. Two tasks that take turns take turns in that slot as
#   well, since whoever comes back gets the slot that has just been freed. It is no bad luck: on one thread it is so on each run. A task that
#   does not yield after the unlock has the lock for itself alone.
# Source: documentation of `futures::lock::Mutex`, "Fairness" (none is promised); futures-util's lock/mutex.rs, `unlock`.
. "$(dirname "$0")/run.bash"
rust 'futures = "=0.3.34"' 'tokio = { version = "=1.54.1", features = ["sync"] }' <<'RUST'
use std::cell::RefCell;
use std::future::Future;
use std::rc::Rc;
use std::task::Poll;

use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;

const TURNS: u32 = 1000;

fn yields() -> impl Future<Output = ()> {
    let mut yielded = false;
    futures::future::poll_fn(move |context| {
        if std::mem::replace(&mut yielded, true) { return Poll::Ready(()) }
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

macro_rules! turns {
    ($name:expr, $lock:expr, polite: $polite:expr) => {{
        let lock = Rc::new($lock);
        let turns = Rc::new(RefCell::new([0; 4]));
        let mut pool = LocalPool::new();
        for task in 0..4 {
            let (lock, turns) = (lock.clone(), turns.clone());
            pool.spawner().spawn_local(async move {
                while turns.borrow().iter().sum::<u32>() < TURNS {
                    let guard = lock.lock().await;
                    // The last ones that get in find that all is done.
                    if turns.borrow().iter().sum::<u32>() < TURNS { turns.borrow_mut()[task] += 1 }
                    yields().await;
                    drop(guard);
                    if $polite { yields().await }
                }
            }).unwrap();
        }
        pool.run();
        println!("{:8} {:21} {:?}", $name, if $polite { "yields after unlock" } else { "locks again at once" }, turns.borrow());
    }};
}

fn main() {
    turns!("futures", futures::lock::Mutex::new(()), polite: true);
    turns!("futures", futures::lock::Mutex::new(()), polite: false);
    turns!("tokio", tokio::sync::Mutex::new(()), polite: true);
    turns!("tokio", tokio::sync::Mutex::new(()), polite: false);
}
RUST
holds <<'END'
futures  yields after unlock   [500, 500, 0, 0]
futures  locks again at once   [1000, 0, 0, 0]
tokio    yields after unlock   [250, 250, 250, 250]
tokio    locks again at once   [250, 250, 250, 250]
END
