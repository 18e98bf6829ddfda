//! How a moment of a lesson is made to last, in the open: tasks stand at a gate until what the
//! lesson is about has come about.

use kit::sync_point::SyncPoint;

/// A gate that holds threads until it is opened, and none after that; its clones are one gate.
#[derive(Clone, Debug)]
pub(crate) struct Gate {
    arrivals: SyncPoint,
    opened: SyncPoint,
}

impl Default for Gate {
    fn default() -> Self {
        Self { arrivals: SyncPoint::of(1), opened: SyncPoint::of(1) }
    }
}

impl Gate {
    pub(crate) fn pass(&self) {
        self.arrivals.arrive();
        self.opened.wait_for(1);
    }

    pub(crate) fn until_waiting(&self, threads: usize) {
        self.arrivals.wait_for(threads);
    }

    pub(crate) fn open(&self) {
        self.opened.arrive();
    }
}
