//! The number of references to a task: its wakers, and the one of its slot or handle.

use super::sync::{AtomicUsize, Ordering};

/// A count that begins with one reference. The thread that removes the last one frees the task.
#[derive(Debug)]
pub(super) struct Count(AtomicUsize);

impl Count {
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(1))
    }

    /// Counts one more; the caller has a reference.
    pub(super) fn add(&self) {
        // Relaxed: the caller sees what it refers to, and hands the new one on by other means.
        if self.0.fetch_add(1, Ordering::Relaxed) > usize::MAX / 2 {
            // Wakers were forgotten, not dropped; the count must not begin anew.
            std::process::abort();
        }
    }

    /// Returns whether the caller's reference is the only one; then nobody can make another.
    #[inline]
    pub(super) fn is_one(&self) -> bool {
        // Acquire: pairs with the Release of each `remove`.
        self.0.load(Ordering::Acquire) == 1
    }

    /// Gives a reference up; returns whether it was the last one.
    #[inline]
    pub(super) fn remove(&self) -> bool {
        // Release: what was done with this reference is visible to the thread that frees; and
        // Acquire, for that may be this one. The only reference needs no atomic step: nobody else
        // can count.
        self.is_one() || self.0.fetch_sub(1, Ordering::AcqRel) == 1
    }
}
