//! A probe in a critical section: it counts the threads that are inside at once, so that a lesson
//! sees whether a lock admits more than one.

use std::fmt;

use tracing::info_span;

use super::sync::atomic::{AtomicU32, Ordering::Relaxed};

/// What a probe has counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entries {
    /// The number of times that a thread entered the critical section, and added 1.
    pub entered: u32,
    /// The largest number of threads in the critical section at once.
    pub most_inside: u32,
    /// The value at the end: as large as `entered`, unless an increment is lost.
    pub value: u32,
}

/// How two threads came to be in a critical section that each tried to enter once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Both were refused.
    Neither,
    /// One entered, the other was refused.
    One,
    /// Both entered, and no increment was lost.
    InTurn,
    /// Both were inside at once.
    BothInside,
}

impl fmt::Debug for Admission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Neither => "both refused",
            Self::One => "one refused",
            Self::InTurn => "one after the other",
            Self::BothInside => "both inside",
        })
    }
}

impl Entries {
    /// Tells how two threads came to be inside.
    pub fn admission(&self) -> Admission {
        match (self.entered, self.most_inside) {
            (0, 0) => Admission::Neither,
            (1, 1) if self.value == 1 => Admission::One,
            (2, 1) if self.value == 2 => Admission::InTurn,
            _ => Admission::BothInside,
        }
    }
}

/// A count of the threads in a critical section; no part of any lock.
///
/// Relaxed: the counts are read when the threads have been joined, and each change is one
/// operation. To enter and to leave are steps of the model; to note it is none, so `entered` and
/// `most` are std's there too.
#[derive(Debug)]
pub(super) struct ExclusionProbe {
    now: AtomicU32,
    entered: std::sync::atomic::AtomicU32,
    most: std::sync::atomic::AtomicU32,
}

impl ExclusionProbe {
    pub(super) fn new() -> Self {
        Self { now: AtomicU32::new(0), entered: 0.into(), most: 0.into() }
    }

    /// Counts this thread while `body` runs, and shows that it holds `what`.
    pub(super) fn during<R>(&self, what: &str, body: impl FnOnce() -> R) -> R {
        let _holds = info_span!("holds", what);
        self.entered.fetch_add(1, Relaxed);
        self.most.fetch_max(self.now.fetch_add(1, Relaxed) + 1, Relaxed);
        let result = body();
        self.now.fetch_sub(1, Relaxed);
        result
    }

    /// Returns the largest number of threads inside at once.
    pub(super) fn most_inside(&self) -> u32 {
        self.most.load(Relaxed)
    }

    /// Sums up, with the value as it is at the end.
    pub(super) fn entries(&self, value: u32) -> Entries {
        Entries { entered: self.entered.load(Relaxed), most_inside: self.most_inside(), value }
    }
}
