//! Counts who is inside a lock, for the lessons to see whether it lets in more than it should.

use tracing::info_span;

use super::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// Says what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How often someone took the lock, and added 1.
    pub entered: u32,
    /// How many were inside at once, at the most.
    pub most_inside: u32,
    /// The value at the end: as large as `entered`, unless an increment is lost.
    pub value: u32,
}

/// Counts who is inside, for the lesson to see: no part of any lock.
///
/// Relaxed: the counts are read when the threads have been joined, and each change is one
/// operation. To go in and to come out are steps of the model; to note it is none, so `entered` and
/// `most` are std's there too.
#[derive(Debug)]
pub(super) struct Inside {
    now: AtomicU32,
    entered: std::sync::atomic::AtomicU32,
    most: std::sync::atomic::AtomicU32,
}

impl Inside {
    pub(super) fn new() -> Self {
        Self { now: AtomicU32::new(0), entered: 0.into(), most: 0.into() }
    }

    /// Counts this thread while `body` runs, and says that it holds `what`.
    pub(super) fn during<R>(&self, what: &str, body: impl FnOnce() -> R) -> R {
        let _holds = info_span!("holds", what);
        self.entered.fetch_add(1, Relaxed);
        self.most.fetch_max(self.now.fetch_add(1, Relaxed) + 1, Relaxed);
        let result = body();
        self.now.fetch_sub(1, Relaxed);
        result
    }

    /// How many were inside at once, at the most.
    pub(super) fn most(&self) -> u32 {
        self.most.load(Relaxed)
    }

    /// Sums up, with the value as it is at the end.
    pub(super) fn done(&self, value: u32) -> Done {
        Done { entered: self.entered.load(Relaxed), most_inside: self.most(), value }
    }
}
