//! The locks themselves, a file each: states, orderings and their partners. They emit nothing and
//! know no lesson.
//!
//! Each file is compiled on std, on the model checker's types, and once more in the tests on
//! Loom's; so it takes `hint`, `sync`, `thread` and `word` from its parent. A mutual exclusion is
//! made of a *raw* lock, which guards nothing yet; `lock_api` makes a mutex with guards of it, as
//! it does for `parking_lot`. To acquire one blocks for as long as other threads hold it, or queue
//! before; a thread that holds it already waits for itself, for ever.
//!
//! # Layout
//! | what | raw | with a value |
//! | --- | --- | --- |
//! | mutual exclusion | [`spin`], [`ticket`], [`mcs`], [`futex_mutex`] | `mutexes.rs` |
//! | the same, for a holder that comes again | | [`reentrant`] |
//! | readers or a writer | [`rwlock`], [`sharded_rwlock`] | [`rwlocks`] |
//! | a condition | | [`condvar`], with any mutex of `lock_api` |
//! | to wait for each other | [`semaphore`], [`event`], [`latch`], [`barrier`] | |
//! | how they wait | [`back_off`] spins; `parking.rs` spins, then parks | |

use kit::cell;

use super::{MOST_PAUSES, const_fn, hint, sync, thread, thread_local, thread_number, word};

pub mod back_off;
pub mod barrier;
pub mod condvar;
pub mod event;
pub mod futex_mutex;
pub mod latch;
pub mod mcs;
mod mutexes;
mod parking;
pub mod reentrant;
pub mod rwlock;
pub mod rwlocks;
pub mod semaphore;
pub mod sharded_rwlock;
pub mod spin;
pub mod ticket;

pub use mutexes::{FutexMutex, McsLock, QueueTail, SpinLock, TicketLock, lock_late};
