//! The locks themselves, a file each: states, orderings and their partners. They emit nothing and
//! know no lesson.
//!
//! Each file is compiled on std, on the model checker's types, and once more in the tests on
//! Loom's; so it takes `hint`, `sync`, `thread` and `word` from its parent. What a mutual exclusion
//! is made of is a *raw* lock, which guards nothing yet; `lock_api` makes a mutex with guards out
//! of it, as it does for `parking_lot`.

use super::{MOST_PAUSES, const_fn, hint, sync, thread, thread_local, thread_number, word};

mod api;
pub mod back_off;
pub mod barrier;
mod cell;
pub mod condvar;
pub mod condvar_api;
pub mod event;
pub mod futex;
pub mod latch;
pub mod mcs;
mod parking;
pub mod reentrant;
pub mod rw_api;
pub mod rwlock;
pub mod semaphore;
pub mod sharded_rwlock;
pub mod spin;
pub mod ticket;

pub use api::{FutexMutex, InLine, McsLock, SpinLock, TicketLock};
