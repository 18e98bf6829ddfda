//! Two readers that both want to write: each keeps its read lock and waits for the other reader to
//! leave.
//!
//! std's `RwLock` has no upgrade at all: `read`, then `write` on the same thread waits for itself
//! (`rwlock.rs`). Locks that have one wait for the *other* readers, as the lock in `upgrade/lock.rs`
//! does; then two readers that upgrade wait for each other. Each variant adds 1 on each of two
//! threads, having read first, and returns the value; what was read must still be true when it is
//! written.

use kit::sync_point::SyncPoint;
use tracing::info;

use super::lane::{self, finish, start, two};
use super::sync::{self, Arc};

mod lock;

use lock::Upgradable;

/// The lock, and the window between reading and writing.
type Shared = (Upgradable, SyncPoint);

fn add_twice(window: SyncPoint, add: fn(&Shared)) -> u32 {
    let shared = Arc::new((Upgradable::default(), window));
    two(&shared, add, add);
    shared.0.value()
}

/// Both read, both ask to write: each waits for the other to stop reading.
///
/// # Blocking
/// For ever, if both threads are in the window at once.
pub fn both_upgrade(window: SyncPoint) -> u32 {
    add_twice(window, |(lock, window)| {
        let (value, _reads) = lock.read();
        window.meet();
        lock.upgrade();
        lock.set(value + 1);
    })
}

/// The second one to ask is refused: it stops reading, and begins again. What it has read is worth
/// nothing by then.
pub fn refused(window: SyncPoint) -> u32 {
    add_twice(window, |(lock, window)| {
        loop {
            let (value, _reads) = lock.read();
            window.meet();
            if lock.upgrade_or_refuse() {
                return lock.set(value + 1);
            }
            info!("is refused, stops reading");
            lock.end_read();
        }
    })
}

/// A reader that may want to write announces it before it reads, and there is one such reader at a
/// time; plain readers, as t3 here, come and go. This is `upgradable_read` of `parking_lot`'s
/// `RwLock`.
pub fn announced(window: SyncPoint) -> u32 {
    let shared = Arc::new((Upgradable::default(), window));
    let shared3 = Arc::clone(&shared);
    let reader = start("t3", move || {
        let (_, _reads) = shared3.0.read();
        shared3.0.end_read();
    });
    let add = |(lock, window): &Shared| {
        let (value, _reads) = lock.read_announced();
        window.meet();
        lock.upgrade();
        lock.set(value + 1);
    };
    two(&shared, add, add);
    finish(reader);
    shared.0.value()
}

/// A reader stops reading, becomes a writer like any other, and reads again: what it had read may
/// have changed in between. This is what std's `RwLock` leaves you with, and it is often the best.
pub fn read_again(window: SyncPoint) -> u32 {
    add_twice(window, |(lock, window)| {
        let (_, reads) = lock.read();
        window.meet();
        lock.end_read();
        drop(reads);
        let value = lock.write();
        lock.set(value + 1);
    })
}
