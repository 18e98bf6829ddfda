//! Two threads change one row: each reads it, computes, and writes. What becomes of a row that
//! another thread has changed meanwhile?
//!
//! Each function is a variant. A row is a value and a version, which each write raises. *Pessimistic*
//! locking keeps others out from the read to the write; *optimistic* locking lets them in, and
//! writes only if the version is still the one that was read. A version also notices a value that
//! has changed and changed back (ABA).

use super::lane::{SyncPoint, acquire, finish, start};
use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::sync::{Arc, Mutex};

/// A value and its version, in one word, so that one compare-and-swap changes both. A database keeps
/// the version in a column of its own.
///
/// # Memory ordering
/// `Relaxed`: nothing but the row is shared, and joining the threads makes their last writes
/// visible. A row whose version publishes other data would need `AcqRel`.
#[derive(Debug, Default)]
pub struct Row(AtomicU64);

/// What a thread has read of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Read {
    /// The number of writes so far, which wraps after four billion.
    pub version: u32,
    /// The value.
    pub value: u32,
}

impl Read {
    fn word(self) -> u64 {
        u64::from(self.version) << 32 | u64::from(self.value)
    }

    fn next(self, value: u32) -> u64 {
        Self { version: self.version.wrapping_add(1), value }.word()
    }
}

impl Row {
    /// Reads the value and its version.
    pub fn read(&self) -> Read {
        let word = self.0.load(Relaxed);
        Read { version: (word >> 32) as u32, value: word as u32 }
    }

    /// Writes a value, whatever has been written since: `UPDATE … WHERE id = ?`.
    pub fn write(&self, read: Read, value: u32) {
        self.0.store(read.next(value), Relaxed);
    }

    /// Writes a value if the version is still the one that was read, and tells whether it was:
    /// `UPDATE … WHERE id = ? AND version = ?`, and how many rows that has changed.
    ///
    /// ```
    /// use thread_safety::real::optimistic::Row;
    ///
    /// let row = Row::default();
    /// let (mine, theirs) = (row.read(), row.read());
    /// assert!(row.write_if_unchanged(theirs, 5) && row.write_if_unchanged(row.read(), 0));
    /// // The value is what it was, and the version is not.
    /// assert!(!row.write_if_unchanged(mine, 1));
    /// ```
    #[must_use]
    pub fn write_if_unchanged(&self, read: Read, value: u32) -> bool {
        self.0.compare_exchange(read.word(), read.next(value), Relaxed, Relaxed).is_ok()
    }
}

/// The value after two threads have added 1 each, and how often one of them has computed in vain.
pub type Added = (u32, u32);

/// Reads, computes, and writes without a look at the version: the last write overwrites the other.
pub fn unchecked(point: SyncPoint) -> Added {
    on_two_threads(point, |(row, _), point| add(row, point))
}

/// Optimistic: reads, computes, and writes if the version is still the one that was read; else
/// begins again. A thread begins again only because another one has written: it is lock-free.
pub fn version(point: SyncPoint) -> Added {
    on_two_threads(point, |(row, _), point| {
        for retries in 0.. {
            let read = row.read();
            point.between(format_args!("read {}", read.value));
            if row.write_if_unchanged(read, read.value + 1) {
                point.after(format_args!("wrote {}", read.value + 1));
                return retries;
            }
        }
        unreachable!("the other thread writes once")
    })
}

/// Pessimistic: holds a lock from the read to the write, as `SELECT … FOR UPDATE` does until the
/// transaction ends. The other thread waits, and computes nothing in vain.
pub fn lock(point: SyncPoint) -> Added {
    on_two_threads(point, |(row, lock), point| {
        let (_holds, _guard) = acquire(point, "the row", lock);
        add(row, point)
    })
}

/// Adds 1, whatever happens in between; nothing is ever tried again.
fn add(row: &Row, point: &SyncPoint) -> u32 {
    let read = row.read();
    point.between(format_args!("read {}", read.value));
    row.write(read, read.value + 1);
    point.after(format_args!("wrote {}", read.value + 1));
    0
}

/// Adds 1 to a row, with a lock beside it, on the threads `t1` and `t2`; `add` returns its retries.
fn on_two_threads(
    point: SyncPoint,
    add: impl Fn(&(Row, Mutex<()>), &SyncPoint) -> u32 + Copy + Send + 'static,
) -> Added {
    let shared = Arc::new((Row::default(), Mutex::new(())));
    let threads = ["t1", "t2"].map(|name| {
        let (shared, point) = (Arc::clone(&shared), point.clone());
        start(name, move || add(&shared, &point))
    });
    let retries = threads.map(finish).into_iter().sum();
    (shared.0.read().value, retries)
}
