//! How a thread parks until a lock is free, without sleeping through the moment in which it is.
//!
//! Between the look that finds the lock taken and the sleep, the holder may release it and wake
//! a sleeping thread: there is none yet. So the kernel's futex is told the value that was seen, and
//! puts no thread to sleep if the word has changed. The variants `now` and `seen` differ in that
//! alone; the third is the complete mutex.

use std::time::{Duration, Instant};

use kit::sync_point::SyncPoint;
use tracing::{info, info_span};

use super::lane::{both, finish, start, two, work};
use super::primitives::FutexMutex;
use super::sync::Arc;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::sync_point;
use super::word::Word;

/// Sleeps while the word is what it is *now*: that may be "free", and then no thread will wake the
/// sleeper. Lets two threads acquire the lock, the second while the first holds it for `pace`;
/// returns the number that acquired it.
///
/// # Blocking
/// For ever, if `t1` releases the lock between `t2`'s look and its sleep.
pub fn now(pace: Duration) -> u32 {
    run(pace, |word| word.wait(word.load(Relaxed)))
}

/// Sleeps while the word is what it was *seen* to be, 1: if it no longer is, not at all.
pub fn seen(pace: Duration) -> u32 {
    run(pace, |word| word.wait(1))
}

/// A mutex of two states, 0 free and 1 taken. Each release calls the kernel, in case a thread
/// sleeps.
struct TwoStates(Word, SyncPoint);

/// Lets two threads acquire the lock; `sleep` is called by a thread that finds it taken.
fn run(pace: Duration, sleep: fn(&Word)) -> u32 {
    let lock = Arc::new(TwoStates(Word::new(0), sync_point()));
    let entered = two(
        &lock,
        move |lock| {
            lock.acquire(sleep);
            let holds = info_span!("holds", what = "lock");
            // t2 asks now, and finds the lock taken.
            lock.1.meet();
            lock.1.meet();
            work(pace);
            drop(holds);
            lock.release();
            lock.1.meet();
            1
        },
        move |lock| {
            lock.1.meet();
            lock.acquire(sleep);
            let _holds = info_span!("holds", what = "lock");
            lock.release();
            1
        },
    );
    entered.iter().sum()
}

impl TwoStates {
    fn acquire(&self, sleep: fn(&Word)) {
        while self.0.swap(1, Acquire) == 1 {
            let _waits = info_span!("waits", what = "lock");
            // The window: found taken, and not asleep. It lasts until the holder has released it.
            self.1.meet();
            self.1.meet();
            sleep(&self.0);
        }
    }

    fn release(&self) {
        self.0.store(0, Release);
        self.0.wake_one();
        info!("has released it");
    }
}

/// Holds the complete mutex, in which a third state says that threads may sleep, until the system
/// reports that the thread which waits for it does, then releases it. Returns whether that was
/// reported, `None` where the system reports no such thing, and what the waiter found: 1.
pub fn slept() -> (Option<bool>, u32) {
    const PATIENCE: Duration = Duration::from_secs(10);
    let lock = Arc::new(FutexMutex::new(0));
    let lock2 = Arc::clone(&lock);
    let mut value = lock.lock();
    let sleeper = start("sleeper", move || {
        let _waits = info_span!("waits", what = "lock");
        *lock2.lock()
    });
    let begun = Instant::now();
    let asleep = loop {
        match asleep("sleeper") {
            Some(false) if begun.elapsed() < PATIENCE => std::thread::yield_now(),
            seen => break seen,
        }
    };
    *value = 1;
    drop(value);
    (asleep, finish(sleeper))
}

/// Asks the system whether this process's thread of that name sleeps; `None` where it does not say.
fn asleep(name: &str) -> Option<bool> {
    let mut threads = std::fs::read_dir("/proc/self/task").ok()?.flatten();
    Some(threads.any(|thread| {
        // Behind the name in parentheses: the state, S if it sleeps until something happens.
        let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
        stat.contains(&format!("({name}) S"))
    }))
}

/// Lets two threads add 1 to a plain value under the mutex, `times` times each; returns the value.
pub fn count(times: u32) -> u32 {
    let value = Arc::new(FutexMutex::new(0));
    both(&value, move |_, value| (0..times).for_each(|_| *value.lock() += 1));
    *value.lock()
}
