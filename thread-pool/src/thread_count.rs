//! How many threads there are: as they count themselves, and as the system counts them.

use std::fs;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// A count of the threads that are alive, and of the most there were at once. Relaxed: what comes out
/// is read when the threads have been joined.
#[derive(Debug, Default)]
pub struct ThreadCount {
    now: AtomicUsize,
    most: AtomicUsize,
}

/// A guard that counts its thread until it is dropped.
#[derive(Debug)]
pub struct Alive<'a>(&'a ThreadCount);

impl ThreadCount {
    /// Counts this thread from now on, until the value returned is dropped.
    pub fn enter(&self) -> Alive<'_> {
        let now = self.now.fetch_add(1, Relaxed) + 1;
        self.most.fetch_max(now, Relaxed);
        Alive(self)
    }

    /// Returns the most threads that were alive at once.
    pub fn most(&self) -> usize {
        self.most.load(Relaxed)
    }
}

impl Drop for Alive<'_> {
    fn drop(&mut self) {
        self.0.now.fetch_sub(1, Relaxed);
    }
}

/// What the system counts for this process at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct System {
    /// Its threads, those included that have nothing to do with the lesson.
    pub threads: usize,
    /// Its resident memory, in KiB.
    pub resident: usize,
}

impl System {
    /// Asks the system; `None` where it has no `/proc/self/status`.
    pub fn now() -> Option<Self> {
        let status = fs::read_to_string("/proc/self/status").ok()?;
        let field = |name: &str| {
            let value = status.lines().find_map(|line| line.strip_prefix(name))?;
            value.trim_end_matches("kB").trim().parse().ok()
        };
        Some(Self { threads: field("Threads:")?, resident: field("VmRSS:")? })
    }
}
