//! A thread panics while it holds the lock, halfway through: 40 have left account A and not arrived
//! in account B.
//!
//! Its guard is dropped as the panic unwinds, and the lock is free. Can the other threads trust the
//! value? std marks the lock as poisoned, and tells each thread that acquires it from then on.

use std::sync::{Mutex, PoisonError};
use std::thread::{scope, sleep};
use std::time::Duration;

use tracing::info_span;

use crate::scoped_threads::{acquire, start};

const AMOUNT: i64 = 40;
const PACE: Duration = Duration::from_millis(2);

/// Two accounts, with 100 together unless a transfer is half done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accounts {
    a: i64,
    b: i64,
    /// The accounts before the transfer that is under way, if one is.
    before: Option<(i64, i64)>,
}

/// What the threads after the panic found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterPanic {
    /// Whether a thread was told that the value may be half done.
    pub told: bool,
    /// The sum of both accounts at the end.
    pub total: i64,
}

impl Accounts {
    fn new() -> Self {
        Self { a: 100, b: 0, before: None }
    }

    fn total(&self) -> i64 {
        self.a + self.b
    }

    fn transfer_in_place(&mut self) {
        self.before = Some((self.a, self.b));
        self.a -= AMOUNT;
        sleep(PACE);
        if self.a < 100 {
            panic!("a bug, between the two halves of a transfer");
        }
        self.b += AMOUNT;
        self.before = None;
    }

    fn repair(&mut self) {
        if let Some((a, b)) = self.before.take() {
            (self.a, self.b) = (a, b);
        }
    }
}

/// Runs t1, which panics, and then t2; returns what t2 returned, or `None` if it panicked too.
fn one_after_the_other<R: Send>(
    t1: impl FnOnce() + Send,
    t2: impl FnOnce() -> R + Send,
) -> Option<R> {
    scope(|scope| {
        assert!(start(scope, "t1", t1).join().is_err(), "t1 panics");
        let second = start(scope, "t2", || {
            let _runs = info_span!("runs", what = "t2");
            let found = t2();
            sleep(PACE);
            found
        });
        second.join().ok()
    })
}

/// Uses `lock().unwrap()`, as most programs do: t2 panics in its turn, and so will each thread
/// after it. Returns the number of the two that panicked.
///
/// That is often right: no thread goes on with half a transfer. It has to be known that one panic
/// ends them all.
pub fn unwrapped() -> u32 {
    let accounts = Mutex::new(Accounts::new());
    let t2 = one_after_the_other(
        || acquire("lock", &accounts).transfer_in_place(),
        || accounts.lock().expect("the accounts").total(),
    );
    1 + u32::from(t2.is_none())
}

/// Uses `parking_lot`'s mutex, which knows no poison: t2 gets the half-done value and is not told.
pub fn not_told() -> AfterPanic {
    let accounts = parking_lot::Mutex::new(Accounts::new());
    let t1 = || {
        let mut accounts = accounts.lock();
        let _holds = info_span!("holds", what = "lock");
        accounts.transfer_in_place();
    };
    let total = one_after_the_other(t1, || accounts.lock().total());
    AfterPanic { told: false, total: total.expect("nothing stops t2") }
}

/// Lets t2 undo the half and declare the lock sound (`into_inner`, `clear_poison`); t3 acquires it
/// as if nothing had been.
pub fn recovered() -> AfterPanic {
    let accounts = Mutex::new(Accounts::new());
    let told = one_after_the_other(
        || acquire("lock", &accounts).transfer_in_place(),
        || match accounts.lock() {
            Ok(_) => false,
            Err(poisoned) => {
                let mut value: std::sync::MutexGuard<'_, Accounts> = poisoned.into_inner();
                value.repair();
                // Still under the lock: no thread finds it sound before it is.
                accounts.clear_poison();
                true
            }
        },
    );
    let look = || accounts.lock().map_or(-1, |value| value.total());
    let total = scope(|scope| start(scope, "t3", look).join().unwrap_or(-1));
    AfterPanic { told: told.expect("nothing stops t2"), total }
}

/// Works on a copy and writes it back in one step: wherever it panics, the value is whole, and the
/// poison can be ignored.
pub fn written_at_the_end() -> AfterPanic {
    let accounts = Mutex::new(Accounts::new());
    let found = one_after_the_other(
        || {
            let mut value = acquire("lock", &accounts);
            let mut copy = *value;
            copy.transfer_in_place();
            *value = copy;
        },
        || {
            let told = accounts.is_poisoned();
            let value = accounts.lock().unwrap_or_else(PoisonError::into_inner);
            AfterPanic { told, total: value.total() }
        },
    );
    found.expect("nothing stops t2")
}
