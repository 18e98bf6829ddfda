//! Two readers that both want to write: each keeps its read lock and waits for the other reader to
//! leave.
//!
//! std's `RwLock` has no upgrade at all: `read`, then `write` on the same thread waits for itself
//! (`rwlock.rs`). Locks that have one let it wait for the *other* readers, as the lock in
//! `upgrade/lock.rs` does; then two who upgrade wait for each other. Each form adds 1 on each of
//! two threads, having read first; what was read must still be true when it is written.

use super::lane;
use super::sync;
use crate::Window;

pub mod announced;
pub mod both_upgrade;
mod lock;
pub mod read_again;
pub mod refused;

use lock::Upgradable;
