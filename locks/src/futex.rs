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
use super::sync::atomic::AtomicU32;
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
    run(pace, |word| {
        word.wait(word.load(Relaxed), None);
    })
}

/// Sleeps while the word is what it was *seen* to be, 1: if it no longer is, not at all.
pub fn seen(pace: Duration) -> u32 {
    run(pace, |word| {
        word.wait(1, None);
    })
}

/// A mutex of two states, 0 free and 1 taken. Each release calls the kernel, in case a thread
/// sleeps.
struct TwoStates {
    word: Word,
    entered: AtomicU32,
    window: SyncPoint,
}

/// Lets two threads acquire the lock; `sleep` is called by a thread that finds it taken.
fn run(pace: Duration, sleep: fn(&Word)) -> u32 {
    let (word, entered) = (Word::new(0), AtomicU32::new(0));
    let lock = Arc::new(TwoStates { word, entered, window: sync_point() });
    two(
        &lock,
        move |lock| {
            lock.acquire(sleep);
            let holds = info_span!("holds", what = "lock");
            lock.entered.fetch_add(1, Relaxed);
            // t2 asks now, and finds the lock taken.
            lock.window.meet();
            lock.window.meet();
            work(pace);
            drop(holds);
            lock.release();
            lock.window.meet();
        },
        move |lock| {
            lock.window.meet();
            lock.acquire(sleep);
            let _holds = info_span!("holds", what = "lock");
            lock.entered.fetch_add(1, Relaxed);
            lock.release();
        },
    );
    lock.entered.load(Relaxed)
}

impl TwoStates {
    fn acquire(&self, sleep: fn(&Word)) {
        while self.word.swap(1, Acquire) == 1 {
            let _waits = info_span!("waits", what = "lock");
            // The window: found taken, and not asleep. It lasts until the holder has released it.
            self.window.meet();
            self.window.meet();
            sleep(&self.word);
        }
    }

    fn release(&self) {
        self.word.store(0, Release);
        self.word.wake_one();
        info!("has released it");
    }
}

/// What was seen of a thread that waits for the complete mutex, in which a third state says that
/// threads may sleep: a release of a lock that nobody waits for does not call the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Whether the system reported that it sleeps; `None` where the system does not report it.
    pub asleep: Option<bool>,
    /// What it found under the lock: 1, which was written while it waited.
    pub found: u32,
}

/// Holds the mutex until the system reports that the thread which waits for it sleeps, then
/// releases it.
pub fn slept() -> Waiter {
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
    Waiter { asleep, found: finish(sleeper) }
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
    both(&value, move |_, value| {
        for _ in 0..times {
            *value.lock() += 1;
        }
    });
    *value.lock()
}
