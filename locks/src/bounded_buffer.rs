//! Producers and consumers with a bounded buffer between them: does a notification reach a thread
//! that can go on?
//!
//! The variants differ in that alone: whether both sides wait on one condition variable or each on
//! its own, and whether one waiter is woken or all.

use std::collections::VecDeque;
use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::info_span;

use super::lane::{lock, run_all, task, wait_while};
use super::sync::{Arc, Condvar, Mutex};
use super::sync_point;

const CAPACITY: usize = 1;

/// A number, or the word that there will be no more.
type Item = Option<u32>;

#[derive(Debug)]
struct Buffer {
    items: Mutex<VecDeque<Item>>,
    /// Where a producer waits until there is room.
    has_room: Arc<Condvar>,
    /// Where a consumer waits until there is an item.
    has_item: Arc<Condvar>,
    notify: fn(&Condvar),
    /// The number of times that a consumer has come for an item.
    came: SyncPoint,
}

impl Buffer {
    fn new(has_room: Arc<Condvar>, has_item: Arc<Condvar>, notify: fn(&Condvar)) -> Self {
        Self { items: Mutex::default(), has_room, has_item, notify, came: sync_point() }
    }

    fn put_both(&self, both: [Item; 2]) {
        let mut items = lock(&self.items);
        for item in both {
            let _waits = info_span!("waits", what = "room", from = "c1");
            items = wait_while(&self.has_room, items, |items| items.len() == CAPACITY);
            items.push_back(item);
            (self.notify)(&self.has_item);
        }
    }

    fn take(&self) -> Item {
        let _waits = info_span!("waits", what = "an item", from = "p");
        let items = lock(&self.items);
        self.came.arrive();
        let mut items = wait_while(&self.has_item, items, |items| items.is_empty());
        let item = items.pop_front().flatten();
        (self.notify)(&self.has_room);
        item
    }
}

/// Lets a producer put `batches` batches of two items, and then say twice that there are no more;
/// returns the sum of what two consumers took.
///
/// The window is widened: each batch comes when both consumers wait. The first item wakes one of
/// them, and the producer waits before that one acquires the lock, for it has not released it.
fn run(buffer: Buffer, batches: u32, pace: Duration) -> u32 {
    let consume = move |buffer: &Buffer| {
        std::iter::from_fn(|| {
            let item = buffer.take()?;
            let _holds = info_span!("holds", what = "an item");
            std::thread::sleep(pace);
            Some(item)
        })
        .sum()
    };
    let produce = move |buffer: &Buffer| {
        for batch in 0..=batches {
            buffer.came.wait_for(2 * (batch as usize + 1));
            buffer.put_both(if batch < batches { [Some(1), Some(2)] } else { [None, None] });
        }
        0
    };
    let tasks = [task("c1", consume), task("c2", consume), task("p", produce)];
    run_all(&Arc::new(buffer), tasks).into_iter().sum()
}

/// Lets both sides wait on one condition variable, and wakes one waiter. The consumer that has taken
/// an item wakes the other consumer, which finds none; and the producer, for which there is room,
/// sleeps on.
///
/// Which waiter is woken is the system's choice. Linux wakes the one that has waited longest; where
/// a system chooses the producer, the next batch asks again.
///
/// # Blocking
/// For ever, as soon as a notification has gone to the wrong side.
pub fn notify_one(batches: u32, pace: Duration) -> u32 {
    let changed = Arc::new(Condvar::new());
    run(Buffer::new(Arc::clone(&changed), changed, |condvar| condvar.notify_one()), batches, pace)
}

/// Lets both sides wait on one condition variable, and wakes all: whichever can go on is among them.
pub fn notify_all(batches: u32, pace: Duration) -> u32 {
    let changed = Arc::new(Condvar::new());
    run(Buffer::new(Arc::clone(&changed), changed, |condvar| condvar.notify_all()), batches, pace)
}

/// Gives each side a condition variable of its own: one notification is enough, for any of the
/// threads that wait there can go on.
pub fn two_condvars(batches: u32, pace: Duration) -> u32 {
    let (has_room, has_item) = (Arc::new(Condvar::new()), Arc::new(Condvar::new()));
    run(Buffer::new(has_room, has_item, |condvar| condvar.notify_one()), batches, pace)
}
