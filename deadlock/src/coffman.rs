//! Four conditions have to hold for a deadlock (Coffman, Elphick and Shoshani, "System Deadlocks",
//! 1971). Each is taken away in turn; the two threads and their opposite orders stay as they are,
//! as far as the condition lets them.
//!
//! | condition | without it | file |
//! | --- | --- | --- |
//! | mutual exclusion: a lock has one holder | both may hold both | `coffman/shared.rs` |
//! | hold and wait: who holds may wait for more | both locks or none | `coffman/all_or_nothing.rs` |
//! | no preemption: only the holder gives back | who waits can be robbed | `coffman/preempted.rs` |
//! | circular wait: t1 for t2, t2 for t1 | one order for all | `lock_order/ordered.rs` |

use super::{lane, lock_order, sync};
use crate::Window;

pub mod all_or_nothing;
pub mod preempted;
pub mod shared;

pub use lock_order::{opposite as all_four, ordered as no_circular_wait};
