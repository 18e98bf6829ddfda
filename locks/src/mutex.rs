//! std's mutex, and how it is used wrongly: a guard that lives too long, a wait without a timeout,
//! a panic halfway.

use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{Scope, scope, sleep};
use std::time::Duration;

use tracing::{info, info_span};

use crate::scoped_threads::{acquire, finish, lock, start};

type Jobs = Mutex<Vec<u32>>;

/// Does a job out of a shared list, until t2 has looked whether the list is free and for `pace`
/// longer; returns whether it was.
fn job<'scope>(scope: &'scope Scope<'scope, '_>, jobs: &'scope Jobs, pace: Duration) -> bool {
    let (sender, found) = channel();
    start(scope, "t2", move || {
        let free = jobs.try_lock().is_ok();
        let waits = (!free).then(|| info_span!("waits", what = "jobs"));
        // It cannot fail: t1 waits for it.
        let _ = sender.send(free);
        let _jobs = acquire("jobs", jobs);
        drop(waits);
        sleep(pace / 4);
    });
    let free = found.recv().unwrap_or(false);
    let _runs = free.then(|| info_span!("runs", what = "job"));
    if !free {
        info!("does its job");
    }
    sleep(pace);
    free
}

fn worker<'env>(
    body: impl for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> bool + Send + 'env,
) -> bool {
    scope(|scope| finish(start(scope, "t1", move || body(scope))))
}

/// Matches on what comes out of the lock: the guard has no name, and lives to the end of its
/// *statement*: as long as the `match`, all arms included. Returns whether the list was free during
/// the job, as the next two do.
///
/// `while let Some(job) = jobs.lock().unwrap().pop() { … }` is the same trap.
pub fn in_the_match(pace: Duration) -> bool {
    let jobs = &Jobs::new(vec![1]);
    worker(|scope| match acquire("jobs", jobs).pop() {
        Some(_) => job(scope, jobs, pace),
        None => true,
    })
}

/// Gives the job a name first: the statement ends, and the guard with it.
pub fn named_first(pace: Duration) -> bool {
    let jobs = &Jobs::new(vec![1]);
    worker(|scope| {
        let next = acquire("jobs", jobs).pop();
        next.is_none_or(|_| job(scope, jobs, pace))
    })
}

/// Does a job in the `else` of an `if let`: since edition 2024, not before, the guard is gone by then.
pub fn in_the_else(pace: Duration) -> bool {
    let jobs = &Jobs::default();
    worker(|scope| {
        if let Some(_job) = acquire("jobs", jobs).pop() { false } else { job(scope, jobs, pace) }
    })
}

/// Runs `body` on a thread t2 while t1 holds what `hold` returns.
fn while_held<G, R: Send>(hold: impl FnOnce() -> G + Send, body: impl FnOnce() -> R + Send) -> R {
    scope(|scope| {
        finish(start(scope, "t1", move || {
            let _guard = hold();
            let _holds = info_span!("holds", what = "lock");
            finish(start(scope, "t2", || {
                let _waits = info_span!("waits", what = "lock");
                body()
            }))
        }))
    })
}

/// Tries a lock that is held; returns at once whether it was acquired.
pub fn tried() -> bool {
    let mutex = Mutex::new(());
    while_held(|| lock(&mutex), || mutex.try_lock().is_ok())
}

/// Waits for `parking_lot`'s lock, which is held all the time, with a timeout; returns whether it
/// was acquired.
pub fn parking_lots(timeout: Duration) -> bool {
    let lock = parking_lot::Mutex::new(());
    while_held(|| lock.lock(), || lock.try_lock_for(timeout).is_some())
}

/// A lock with a timeout, of std's parts: its state is a bool under a mutex that is held for an instant
/// only, and the wait is the condition variable's.
///
/// ```
/// use std::time::Duration;
///
/// let lock = locks::mutex::TimedMutex::default();
/// let _held = lock.try_lock_for(Duration::ZERO);
/// assert!(lock.try_lock_for(Duration::from_millis(1)).is_none());
/// ```
///
/// std has none; take `parking_lot`'s mutex: to acquire this one uncontended costs a lock and an unlock
/// of std's, and to release it another.
#[derive(Debug, Default)]
pub struct TimedMutex {
    taken: Mutex<bool>,
    released: Condvar,
}

/// A guard of a [`TimedMutex`], which releases it when it is dropped.
#[derive(Debug)]
#[must_use = "dropped at once, it guards nothing"]
pub struct TimedGuard<'a>(&'a TimedMutex);

impl TimedMutex {
    /// Makes a lock that no thread holds.
    pub const fn new() -> Self {
        Self { taken: Mutex::new(false), released: Condvar::new() }
    }

    /// Acquires the lock if it becomes free within `timeout`; `None` if it does not. It is not fair:
    /// a thread that comes when it has just been released overtakes those that wait.
    pub fn try_lock_for(&self, timeout: Duration) -> Option<TimedGuard<'_>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.released.wait_timeout_while(taken, timeout, |taken| *taken);
        let (mut taken, _) = waited.unwrap_or_else(PoisonError::into_inner);
        // Free, whether the time was up or not.
        let free = !std::mem::replace(&mut *taken, true);
        free.then(|| TimedGuard(self))
    }
}

impl Drop for TimedGuard<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.released.notify_one();
    }
}

/// Does the same with a lock made of std's parts, whose mutex has no timeout: [`TimedMutex`].
pub fn out_of_std(timeout: Duration) -> bool {
    let lock = TimedMutex::default();
    while_held(|| lock.try_lock_for(Duration::ZERO), || lock.try_lock_for(timeout).is_some())
}

/// Two accounts, with 100 together unless a transfer is half done.
#[derive(Clone, Copy)]
struct Accounts(i64, i64);

impl Accounts {
    const NEW: Self = Self(100, 0);

    fn total(&self) -> i64 {
        self.0 + self.1
    }

    fn transfer_in_place(&mut self) {
        self.0 -= 40;
        sleep(Duration::from_millis(2));
        if self.0 < 100 {
            panic!("a bug, between the two halves of a transfer");
        }
        self.1 += 40;
    }
}

/// Runs t1, which panics halfway through a transfer, and then t2; returns what t2 returned, or `None`
/// if it panicked too. The guard of t1 is dropped as the panic unwinds, and the lock is free. std
/// marks it as poisoned, and tells each thread that acquires it from then on.
fn one_after_the_other<R: Send>(
    t1: impl FnOnce() + Send,
    t2: impl FnOnce() -> R + Send,
) -> Option<R> {
    scope(|scope| {
        assert!(start(scope, "t1", t1).join().is_err(), "t1 panics");
        let second = start(scope, "t2", || {
            let _runs = info_span!("runs", what = "t2");
            let found = t2();
            sleep(Duration::from_millis(2));
            found
        });
        second.join().ok()
    })
}

/// Uses `lock().unwrap()`, as most programs do: t2 panics in its turn, and so will each thread after
/// it, which is often right: none goes on with half a transfer. Returns how many of the two panicked.
pub fn unwrapped() -> u32 {
    let accounts = Mutex::new(Accounts::NEW);
    let t2 = one_after_the_other(
        || acquire("lock", &accounts).transfer_in_place(),
        || accounts.lock().expect("the accounts").total(),
    );
    1 + u32::from(t2.is_none())
}

/// Uses `parking_lot`'s mutex, which knows no poison: t2 gets the half-done value and is not told.
/// Returns the sum of both accounts.
pub fn not_told() -> Option<i64> {
    let accounts = parking_lot::Mutex::new(Accounts::NEW);
    let t1 = || {
        let mut accounts = accounts.lock();
        let _holds = info_span!("holds", what = "lock");
        accounts.transfer_in_place();
    };
    one_after_the_other(t1, || accounts.lock().total())
}

/// Lets t2 do the missing half and declare the lock sound (`into_inner`, `clear_poison`); t3
/// acquires it as if nothing had been. Returns whether t2 was told, and the sum that t3 found.
pub fn recovered() -> (Option<bool>, i64) {
    let accounts = Mutex::new(Accounts::NEW);
    let repair = |poisoned: PoisonError<std::sync::MutexGuard<'_, Accounts>>| {
        let mut value = poisoned.into_inner();
        value.1 = 100 - value.0;
        // Still under the lock: no thread finds it sound before it is.
        accounts.clear_poison();
    };
    let told = one_after_the_other(
        || acquire("lock", &accounts).transfer_in_place(),
        || accounts.lock().map_err(repair).is_err(),
    );
    let look = || accounts.lock().map_or(-1, |value| value.total());
    (told, scope(|scope| finish(start(scope, "t3", look))))
}

/// Works on a copy and writes it back in one step: wherever it panics, the value is whole, and the
/// poison can be ignored. Returns whether t2 was told, and the sum that it found.
pub fn written_at_the_end() -> Option<(bool, i64)> {
    let accounts = Mutex::new(Accounts::NEW);
    one_after_the_other(
        || {
            let mut value = acquire("lock", &accounts);
            let mut copy = *value;
            copy.transfer_in_place();
            *value = copy;
        },
        || (accounts.is_poisoned(), lock(&accounts).total()),
    )
}
