//! A bounded buffer, whose consumers wait until there is an item; and a flag that is waited for.
//!
//! Two mistakes with one answer: the condition is checked, and changed, under the mutex, and
//! checked again after each wake-up. All variants but `ours` are on std's condition variable; that
//! one is on [`primitives::condvar`].

use std::collections::VecDeque;
use std::time::Duration;

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{lock, run_all, task, two, wait, wait_while};
use super::primitives::{self, FutexMutex};
use super::sync::atomic::{AtomicBool, Ordering};
use super::sync::{Arc, Condvar, Mutex, MutexGuard};
use super::sync_point;

const CAPACITY: usize = 1;

#[derive(Debug, Default)]
struct Buffer {
    items: Mutex<VecDeque<u32>>,
    filled: Condvar,
    emptied: Condvar,
}

impl Buffer {
    fn put(&self, item: u32) {
        let items = lock(&self.items);
        wait_while(&self.emptied, items, |items| items.len() == CAPACITY).push_back(item);
        self.filled.notify_all();
    }

    /// Waits once, as a consumer; arrives before and after.
    fn wait_for_item<'a>(
        &'a self,
        items: MutexGuard<'a, VecDeque<u32>>,
        steps: &SyncPoint,
    ) -> MutexGuard<'a, VecDeque<u32>> {
        let _waits = info_span!("waits", what = "an item", from = "p");
        steps.arrive();
        let items = wait(&self.filled, items);
        steps.arrive();
        items
    }

    fn pop(&self, mut items: MutexGuard<'_, VecDeque<u32>>) -> Option<u32> {
        let item = items.pop_front();
        self.emptied.notify_one();
        item
    }
}

fn take_if_once(buffer: &Buffer, steps: &SyncPoint) -> Option<u32> {
    let mut items = lock(&buffer.items);
    if items.is_empty() {
        items = buffer.wait_for_item(items, steps);
    }
    buffer.pop(items)
}

fn take_while_again(buffer: &Buffer, steps: &SyncPoint) -> Option<u32> {
    let mut items = lock(&buffer.items);
    while items.is_empty() {
        items = buffer.wait_for_item(items, steps);
    }
    buffer.pop(items)
}

/// Lets two consumers take one item each, of two that a producer puts; returns what they got, in
/// order.
///
/// The window is widened: the first item comes when both wait, the second when both were woken.
fn two_consumers(pace: Duration, take: fn(&Buffer, &SyncPoint) -> Option<u32>) -> Vec<Option<u32>> {
    let shared = Arc::new((Buffer::default(), sync_point()));
    let consumer = move |(buffer, steps): &(Buffer, SyncPoint)| {
        let taken = take(buffer, steps);
        let _holds = taken.map(|_| info_span!("holds", what = "an item"));
        std::thread::sleep(pace);
        taken
    };
    let producer = move |(buffer, steps): &(Buffer, SyncPoint)| {
        for item in 1..=2 {
            steps.wait_for(2 * item as usize);
            let _runs = info_span!("runs", what = "makes one");
            std::thread::sleep(pace);
            buffer.put(item);
        }
        None
    };
    let tasks = [task("c1", consumer), task("c2", consumer), task("p", producer)];
    let mut taken = run_all(&shared, tasks);
    taken.truncate(2);
    taken.sort_unstable();
    taken
}

/// Checks once whether the buffer is empty. When the consumer is woken, another thread may have
/// been faster.
pub fn if_once(pace: Duration) -> Vec<Option<u32>> {
    two_consumers(pace, take_if_once)
}

/// Checks whether the buffer is empty after each wake-up.
pub fn while_again(pace: Duration) -> Vec<Option<u32>> {
    two_consumers(pace, take_while_again)
}

/// Lets two producers put `items` each, 1 and up, and two consumers take as many, as fast as they
/// can; returns the sum of what was taken.
pub fn sum(items: u32) -> u64 {
    sum_of(items, Buffer::put, |buffer| take_while_again(buffer, &SyncPoint::none()))
}

fn sum_of<B>(items: u32, put: fn(&B, u32), take: fn(&B) -> Option<u32>) -> u64
where
    B: Default + Send + Sync + 'static,
{
    let put = move |buffer: &B| {
        (1..=items).for_each(|item| put(buffer, item));
        0
    };
    let add = move |buffer: &B| (0..items).filter_map(|_| take(buffer)).map(u64::from).sum::<u64>();
    let tasks = [task("p1", put), task("p2", put), task("c1", add), task("c2", add)];
    run_all(&Arc::new(B::default()), tasks).into_iter().sum()
}

/// The same buffer on this topic's own mutex and condition variable.
#[derive(Debug, Default)]
struct OurBuffer {
    items: FutexMutex<VecDeque<u32>>,
    filled: primitives::condvar::Condvar,
    emptied: primitives::condvar::Condvar,
}

impl OurBuffer {
    fn put(&self, item: u32) {
        let mut items = self.items.lock();
        self.emptied.wait_while(&mut items, |items| items.len() == CAPACITY);
        items.push_back(item);
        self.filled.notify_one();
    }

    fn take(&self) -> Option<u32> {
        let mut items = self.items.lock();
        self.filled.wait_while(&mut items, |items| items.is_empty());
        let item = items.pop_front();
        self.emptied.notify_one();
        item
    }
}

/// Does what [`sum`] does, on this topic's own condition variable.
pub fn sum_by_ours(items: u32) -> u64 {
    sum_of(items, OurBuffer::put, OurBuffer::take)
}

/// Sets the flag, an atomic, without the mutex: a thread that has checked it and does not wait yet
/// misses the notification, and there will be no other.
///
/// The window is widened: t2 sets the flag and notifies between t1's check and its wait.
///
/// # Blocking
/// For ever, if the notification came too early.
pub fn unlocked_flag() {
    type Shared = (AtomicBool, Mutex<()>, Condvar, SyncPoint);
    let shared: Shared = (AtomicBool::new(false), Mutex::new(()), Condvar::new(), sync_point());
    let waiter = |(ready, mutex, changed, window): &Shared| {
        // A `while`, and it does not help.
        while !ready.load(Ordering::SeqCst) {
            info!("finds it not ready");
            window.arrive();
            window.wait_for(2);
            let guard = lock(mutex);
            let _waits = info_span!("waits", what = "the flag");
            drop(wait(changed, guard));
        }
    };
    let setter = |(ready, _, changed, window): &Shared| {
        window.wait_for(1);
        ready.store(true, Ordering::SeqCst);
        changed.notify_one();
        info!("sets it, and notifies");
        window.arrive();
    };
    two(&Arc::new(shared), waiter, setter);
}

/// Sets the flag under the mutex: either before the other thread checks it, or once that thread
/// waits. A wait releases the mutex and parks in one step; there is no moment in between.
///
/// The window is widened: t1 stays between its check and its wait for `timeout`, in which t2 asks
/// for the mutex.
pub fn locked_flag(timeout: Duration) {
    type Shared = (Mutex<bool>, Condvar, SyncPoint);
    let shared = (Mutex::new(false), Condvar::new(), sync_point());
    let waiter = move |(ready, changed, window): &Shared| {
        let mut is_ready = lock(ready);
        while !*is_ready {
            window.arrive();
            window.clone().at_most(timeout).wait_for(2);
            let _waits = info_span!("waits", what = "the flag");
            is_ready = wait(changed, is_ready);
        }
    };
    let setter = |(ready, changed, window): &Shared| {
        window.wait_for(1);
        *lock(ready) = true;
        changed.notify_one();
        window.arrive();
    };
    two(&Arc::new(shared), waiter, setter);
}
