//! One thread acquires a lock that it holds already: a function that locks calls another one that
//! locks too.
//!
//! A mutex does not ask which thread holds it, and so its holder waits for itself (a
//! self-deadlock). A reentrant lock (Python's `RLock`) notes its holder and counts. The price: a
//! reentrant lock cannot hand out `&mut`, since the holder may be inside twice.

use std::cell::{Cell, RefCell};
use std::thread::scope;

use parking_lot::Mutex;
use tracing::info_span;

use crate::real::primitives::reentrant::ReentrantLock;
use crate::scoped_threads::{finish, start};

fn on_a_thread<R: Send>(body: impl FnOnce() -> R + Send) -> R {
    scope(|scope| finish(start(scope, "t1", body)))
}

/// Acquires the lock twice. Never returns.
///
/// It is `parking_lot`'s mutex, which promises the deadlock; std's may panic instead.
pub fn twice() {
    let balance = Mutex::new(90);
    on_a_thread(|| {
        let _outer = balance.lock();
        let _holds = info_span!("holds", what = "A");
        let _waits = info_span!("waits", what = "A");
        let _inner = balance.lock();
    });
}

/// Tries instead of waiting; returns whether it acquired the lock again.
pub fn tried() -> bool {
    let balance = Mutex::new(90);
    on_a_thread(|| {
        let _outer = balance.lock();
        let _holds = info_span!("holds", what = "A");
        let acquired = balance.try_lock().is_some();
        tracing::info!("{}", if acquired { "is admitted" } else { "is refused" });
        acquired
    })
}

/// Splits the function in two, one that locks and one that is handed what the lock guards; returns
/// the balance.
pub fn split() -> u32 {
    fn deposit(balance: &Mutex<u32>) {
        let mut balance = balance.lock();
        let _holds = info_span!("holds", what = "A");
        deposit_unlocked(&mut balance);
        deposit_unlocked(&mut balance);
    }
    fn deposit_unlocked(balance: &mut u32) {
        *balance += 5;
        tracing::info!("adds 5");
    }
    let balance = Mutex::new(90);
    on_a_thread(|| deposit(&balance));
    balance.into_inner()
}

/// Acquires a reentrant lock `depth` times, one within the other, and adds 1 at each level. Returns
/// the value, and for each release whether another thread could acquire the lock then: after the
/// last one only.
pub fn reentrant(depth: u32) -> (u32, Vec<bool>) {
    fn descend(lock: &ReentrantLock<Cell<u32>>, depth: u32) {
        if depth > 0 {
            let value = lock.lock();
            // The outermost one shows it for all.
            let _holds = (lock.times() == 1).then(|| info_span!("holds", what = "A"));
            value.set(value.get() + 1);
            descend(lock, depth - 1);
        }
    }
    let lock = ReentrantLock::new(Cell::new(0));
    on_a_thread(|| {
        descend(&lock, depth);
        let guards: Vec<_> = (0..depth).map(|_| lock.lock()).collect();
        let free = || scope(|scope| finish(start(scope, "t2", || lock.try_lock().is_some())));
        let mut seen = Vec::new();
        for guard in guards {
            drop(guard);
            seen.push(free());
        }
        (lock.lock().get(), seen)
    })
}

/// Changes a list while it is iterated over, both under the same reentrant lock; returns whether
/// the change was refused.
///
/// The lock admits the thread a second time, with the first critical section half done: what a lock
/// is there to prevent. Under a plain mutex this would hang; here `RefCell` refuses. In Python,
/// nothing does.
pub fn half_done() -> bool {
    let list = ReentrantLock::new(RefCell::new(vec![1, 2, 3]));
    on_a_thread(|| {
        let outer = list.lock();
        let _holds = info_span!("holds", what = "list");
        let walked = outer.borrow();
        let refused = walked.iter().any(|_| {
            let inner = list.lock();
            let refused = inner.try_borrow_mut().is_err();
            if refused {
                tracing::error!("refused");
            }
            refused
        });
        std::thread::sleep(std::time::Duration::from_millis(1));
        refused
    })
}
