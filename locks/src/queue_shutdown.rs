//! Two producers put items into a queue, and two consumers take them until no more will come. Who
//! tells the consumers so?
//!
//! The variants differ in that alone. The end is a *sentinel* (a poison pill), an item that means
//! "no more": how many of them, and when? Or the queue is closed: whom does that wake?

use std::collections::VecDeque;
use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{lock, run_all, task, wait_while};
use super::sync::{Arc, Condvar, Mutex};
use super::sync_point;

/// The numbers of producers and of consumers, 1 or 2 of each.
pub type Threads = (usize, usize);

/// A number, or the sentinel.
type Item = Option<u32>;

#[derive(Debug, Default)]
struct State {
    items: VecDeque<Item>,
    /// The number of items put so far, sentinels not counted.
    put: usize,
    /// The number of producers that have put all that they had.
    done: usize,
    closed: bool,
}

#[derive(Debug)]
struct Queue {
    /// The number of threads that take items.
    consumers: usize,
    state: Mutex<State>,
    /// Where a consumer waits until there is an item, or the queue is closed.
    changed: Condvar,
    /// The number of times that a consumer has come for an item.
    came: SyncPoint,
    /// The number of producers that have put all.
    finished: SyncPoint,
    /// The number of consumers that have ended.
    ended: SyncPoint,
}

impl Queue {
    fn new(consumers: usize) -> Self {
        let [came, finished, ended] = [(); 3].map(|()| sync_point());
        let (state, changed) = (Mutex::default(), Condvar::new());
        Self { consumers, state, changed, came, finished, ended }
    }

    /// Puts a number.
    fn put(&self, number: u32) {
        let mut state = lock(&self.state);
        info!("puts {number}");
        state.items.push_back(Some(number));
        state.put += 1;
        self.changed.notify_one();
    }

    fn put_sentinel(&self) {
        let mut state = lock(&self.state);
        info!("puts a sentinel");
        state.items.push_back(None);
        self.changed.notify_one();
    }

    /// Closes the queue: what is in it can still be taken.
    fn close(&self, notify: fn(&Condvar)) {
        let mut state = lock(&self.state);
        info!("closes the queue");
        state.closed = true;
        notify(&self.changed);
    }

    /// Takes the oldest item. `None` is the end: a sentinel, or a closed queue without an item.
    fn take(&self) -> Item {
        let _waits = info_span!("waits", what = "an item");
        let state = lock(&self.state);
        self.came.arrive();
        let nothing = |state: &mut State| state.items.is_empty() && !state.closed;
        let mut state = wait_while(&self.changed, state, nothing);
        let item = state.items.pop_front().flatten();
        match item {
            Some(number) => info!("takes {number}"),
            None => info!("ends"),
        }
        item
    }

    /// Counts a producer that has put all; returns how many have.
    fn count_done(&self) -> usize {
        let mut state = lock(&self.state);
        state.done += 1;
        self.finished.arrive();
        state.done
    }

    /// Waits until all consumers wait and the queue is empty: no notification is on its way to one.
    fn let_all_wait(&self) {
        if self.came.is_real() {
            let put = lock(&self.state).put;
            self.came.wait_for(put + self.consumers);
        }
    }
}

/// How the consumers are told the end.
#[derive(Clone, Copy)]
struct End {
    /// Whether the first producer that is done says it, or the last one.
    at_first: bool,
    /// What that producer does.
    say: fn(&Queue),
    /// What a consumer does that has been told.
    told: fn(&Queue),
}

/// Lets producers put `items` numbers each, 1 and up; returns the sum of what the consumers took.
///
/// The windows are widened: what is last of a producer, and the end, come when all consumers wait.
/// And the last producer is slow: its last number comes when the others are done and all consumers
/// have ended, or after `pace`, for where they are right to wait for that number it must come.
fn run((producers, consumers): Threads, items: u32, pace: Duration, end: End) -> u32 {
    let consume = move |queue: &Queue| {
        let taken = std::iter::from_fn(|| queue.take()).sum();
        (end.told)(queue);
        queue.ended.arrive();
        taken
    };
    let produce = move |queue: &Queue, is_last: bool| {
        for number in 1..=items {
            if is_last && number == items {
                let is_real = queue.ended.is_real();
                let _runs = is_real.then(|| info_span!("runs", what = "its last item"));
                queue.finished.wait_for(producers - 1);
                queue.ended.clone().at_most(pace).wait_for(consumers);
            }
            if number == items {
                queue.let_all_wait();
            }
            queue.put(number);
        }
        if queue.count_done() == if end.at_first { 1 } else { producers } {
            queue.let_all_wait();
            (end.say)(queue);
        }
        0
    };
    let taking = ["c1", "c2"].into_iter().take(consumers).map(|name| task(name, consume));
    let putting = ["p1", "p2"]
        .into_iter()
        .take(producers)
        .zip(1..)
        .map(|(name, number)| task(name, move |queue| produce(queue, number == producers)));
    run_all(&Arc::new(Queue::new(consumers)), taking.chain(putting)).into_iter().sum()
}

fn one_for_each(queue: &Queue) {
    (0..queue.consumers).for_each(|_| queue.put_sentinel());
}

/// Puts one sentinel: the consumer that takes it ends, and the other one waits for its own.
///
/// # Blocking
/// For ever, if there are two consumers.
pub fn one_sentinel(threads: Threads, items: u32, pace: Duration) -> u32 {
    run(threads, items, pace, End { at_first: false, say: Queue::put_sentinel, told: |_| () })
}

/// Has the producer that is done first put a sentinel for each consumer. What the other producer
/// puts after them is taken by nobody.
pub fn too_early(threads: Threads, items: u32, pace: Duration) -> u32 {
    run(threads, items, pace, End { at_first: true, say: one_for_each, told: |_| () })
}

/// Has the last producer put a sentinel for each consumer: each takes one, after all the items.
pub fn one_each(threads: Threads, items: u32, pace: Duration) -> u32 {
    run(threads, items, pace, End { at_first: false, say: one_for_each, told: |_| () })
}

/// Has the last producer put one sentinel, and each consumer put it back for the next. No thread
/// needs to know how many consumers there are.
pub fn put_back(threads: Threads, items: u32, pace: Duration) -> u32 {
    let [say, told] = [Queue::put_sentinel; 2];
    run(threads, items, pace, End { at_first: false, say, told })
}

/// Closes the queue, and wakes one of the consumers that wait: the other one sleeps on.
///
/// # Blocking
/// For ever, if two consumers sleep. One that is about to sleep may notice the notification of the
/// other, and end.
pub fn closed_for_one(threads: Threads, items: u32, pace: Duration) -> u32 {
    let say = |queue: &Queue| queue.close(|changed| changed.notify_one());
    run(threads, items, pace, End { at_first: false, say, told: |_| () })
}

/// Closes the queue, and wakes all consumers: there is nothing left to wait for.
pub fn closed(threads: Threads, items: u32, pace: Duration) -> u32 {
    let say = |queue: &Queue| queue.close(|changed| changed.notify_all());
    run(threads, items, pace, End { at_first: false, say, told: |_| () })
}
