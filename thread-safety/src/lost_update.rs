//! Threads add to one counter. An update that consists of a read and a write can be lost.
//!
//! Each function is a variant: on a thread for each change, it adds that change to a counter, and
//! returns what the counter shows in the end. All atomics are `Relaxed`: nothing but the counter is
//! shared, and joining the threads makes their last writes visible.

use std::hint::black_box;

use crossbeam_utils::CachePadded;

use super::lane::{SyncPoint, acquire, finish, lock, start};
use super::sync::atomic::{AtomicI64, Ordering::Relaxed};
use super::sync::{Arc, Mutex, mpsc};

/// Reads the counter, then writes it: a race condition. Each of the two is atomic, both together
/// are not, and what another thread writes in between is overwritten.
pub fn racy(plan: &Plan) -> i64 {
    let counter = Arc::new(AtomicI64::new(0));
    let update = |counter: &Arc<AtomicI64>, change, point: &SyncPoint| {
        // Optimised, both would be one instruction, which is not interrupted on a single core.
        let read = black_box(counter.load(Relaxed));
        point.between(format_args!("read {read}"));
        let sum = read + change;
        counter.store(sum, Relaxed);
        point.after(format_args!("wrote {sum}"));
    };
    on_each_thread(plan, |_| Arc::clone(&counter), update);
    counter.load(Relaxed)
}

/// Reads and writes in one critical section, so no other thread comes in between. It serves for any
/// change to any number of values behind the same lock.
pub fn mutex(plan: &Plan) -> i64 {
    let counter = Arc::new(Mutex::new(0));
    let update = |counter: &Arc<Mutex<i64>>, change, point: &SyncPoint| {
        let (_holds, mut counter) = acquire(point, "the lock", counter);
        let read = *counter;
        point.between(format_args!("read {read}"));
        let sum = read + change;
        *counter = sum;
        point.after(format_args!("wrote {sum}"));
    };
    on_each_thread(plan, |_| Arc::clone(&counter), update);
    *lock(&counter)
}

/// Reads, adds and writes in one atomic step, a read-modify-write. It serves for what the processor
/// can do to one word in one instruction: add, and, or, swap.
pub fn atomic(plan: &Plan) -> i64 {
    let counter = Arc::new(AtomicI64::new(0));
    let update = |counter: &Arc<AtomicI64>, change, point: &SyncPoint| {
        let read = counter.fetch_add(change, Relaxed);
        let sum = read + change;
        point.after(format_args!("made {read} into {sum}"));
    };
    on_each_thread(plan, |_| Arc::clone(&counter), update);
    counter.load(Relaxed)
}

/// Writes only if the counter still shows what was read, and else tries again: optimistic and
/// lock-free, since a thread fails only when another has succeeded. It serves for any change to one
/// word, and does not notice a value that has changed and changed back (ABA).
pub fn compare_exchange(plan: &Plan) -> i64 {
    let counter = Arc::new(AtomicI64::new(0));
    let update = |counter: &Arc<AtomicI64>, change, point: &SyncPoint| {
        let mut read = counter.load(Relaxed);
        loop {
            point.between(format_args!("read {read}"));
            let sum = read + change;
            // The weak form may fail for no reason, on processors where that makes it cheaper.
            match counter.compare_exchange_weak(read, sum, Relaxed, Relaxed) {
                Ok(_) => return point.after(format_args!("made {read} into {sum}")),
                Err(now) => read = now,
            }
        }
    };
    on_each_thread(plan, |_| Arc::clone(&counter), update);
    counter.load(Relaxed)
}

/// Sends each change to the one thread that owns the counter. It serves where the changes are work
/// of their own, or where their order has to be kept.
pub fn channel(plan: &Plan) -> i64 {
    let (changes, inbox) = mpsc::channel();
    let owner = start("owner", move || inbox.iter().sum());
    let update = |changes: &mpsc::Sender<i64>, change, point: &SyncPoint| {
        changes.send(change).expect("the owner receives until all senders are gone");
        point.after(format_args!("sent {change}"));
    };
    on_each_thread(plan, |_| changes.clone(), update);
    // The owner ends when there is no sender left, this one included.
    drop(changes);
    finish(owner)
}

/// Gives each thread a counter of its own, in its own cache line, and adds them up in the end. It
/// serves for what is written often and read seldom.
pub fn sharded(plan: &Plan) -> i64 {
    let own = || Arc::new(CachePadded::new(AtomicI64::new(0)));
    let counters: Vec<_> = plan.changes.iter().map(|_| own()).collect();
    let update = |counter: &Arc<CachePadded<AtomicI64>>, change, point: &SyncPoint| {
        let read = counter.load(Relaxed);
        point.between(format_args!("read its own {read}"));
        let sum = read + change;
        counter.store(sum, Relaxed);
        point.after(format_args!("wrote its own {sum}"));
    };
    on_each_thread(plan, |thread| Arc::clone(&counters[thread]), update);
    counters.iter().map(|counter| counter.load(Relaxed)).sum()
}

/// A plan: what is added to the counter, how often, and how the threads meet.
#[derive(Clone, Debug)]
pub struct Plan {
    /// What t1 adds, what t2 adds, and so on: a thread for each.
    pub changes: Vec<i64>,
    /// How often each of them does.
    pub updates: u32,
    /// The point between the read and the write.
    pub point: SyncPoint,
    /// The number of spins after each update: work that has nothing to do with the counter.
    pub spins: u32,
}

impl Plan {
    /// Returns a plan without other work.
    pub fn new(changes: impl Into<Vec<i64>>, updates: u32, point: SyncPoint) -> Self {
        Self { changes: changes.into(), updates, point, spins: 0 }
    }

    /// Returns what the counter has to show in the end.
    pub fn sum(&self) -> i64 {
        self.changes.iter().sum::<i64>() * i64::from(self.updates)
    }
}

/// Calls `update(handle, change, point)` on a thread for each change, as often as the plan asks.
/// `handle` makes what a thread reaches the counter by; t1 is thread 0.
fn on_each_thread<H: Send + 'static>(
    plan: &Plan,
    handle: impl Fn(usize) -> H,
    update: impl Fn(&H, i64, &SyncPoint) + Copy + Send + 'static,
) {
    let threads = plan.changes.iter().enumerate().map(|(index, &change)| {
        let (handle, Plan { updates, point, spins, .. }) = (handle(index), plan.clone());
        start(format!("t{}", index + 1), move || {
            point.start();
            for _ in 0..updates {
                update(&handle, change, &point);
                (0..spins).for_each(|_| std::hint::spin_loop());
            }
        })
    });
    let threads: Vec<_> = threads.collect();
    threads.into_iter().for_each(finish);
}

/// The updates of a stress run, and how many of them were lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LostUpdates {
    /// How many rounds were run.
    pub rounds: u32,
    /// How many updates were made in them.
    pub updates: i64,
    /// How many of those are not in the counter.
    pub lost: i64,
}

/// Runs at most `rounds` rounds, each twice as long as the one before, until one loses updates. In
/// the first, each of two threads adds 1 `updates` times.
///
/// A round loses none if its threads never ran in parallel and none was preempted between the read
/// and the write. With +1 on both sides, all that is missing was lost.
pub fn stress(run: fn(&Plan) -> i64, updates: u32, rounds: u32) -> LostUpdates {
    let mut seen = LostUpdates::default();
    while seen.rounds < rounds && seen.lost == 0 {
        let plan = Plan::new([1, 1], updates << seen.rounds, SyncPoint::open(2));
        seen.rounds += 1;
        seen.updates += plan.sum();
        seen.lost += plan.sum() - run(&plan);
    }
    seen
}
