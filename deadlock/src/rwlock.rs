//! What std's `RwLock` does where a thread asks for it twice. It has no upgrade; its documentation
//! leaves open whether such a call hangs or panics.

use std::sync::{Arc, PoisonError, RwLock};

use tracing::info_span;

use kit::real::lane::{finish, start};

/// A reader asks to write: it waits until all readers have left, itself among them.
///
/// # Blocking
/// For ever, where std does not panic.
pub fn read_then_write() {
    finish(start("t1", || {
        let lock = RwLock::new(0);
        let _read = lock.read().unwrap_or_else(PoisonError::into_inner);
        let _holds = info_span!("holds", what = "read");
        let _waits = info_span!("waits", what = "read");
        *lock.write().unwrap_or_else(PoisonError::into_inner) += 1;
    }));
}

/// A reader reads again, by way of some function that it calls, while a writer waits: a waiting
/// writer keeps new readers out, or it could starve.
///
/// # Blocking
/// For ever, where waiting writers come first; on Linux they do.
pub fn read_twice() {
    let lock = Arc::new(RwLock::new(0));
    finish(start("t1", move || {
        let _read = lock.read().unwrap_or_else(PoisonError::into_inner);
        let _holds = info_span!("holds", what = "read");
        let lock3 = Arc::clone(&lock);
        let writer = start("t2", move || {
            let _waits = info_span!("waits", what = "read");
            *lock3.write().unwrap_or_else(PoisonError::into_inner) += 1;
        });
        // Once the writer waits, no new reader is admitted.
        while lock.try_read().is_ok() {
            std::thread::yield_now();
        }
        let _waits = info_span!("waits", what = "the writer's turn", from = "t2");
        drop(lock.read());
        finish(writer);
    }));
}
