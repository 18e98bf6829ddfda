//! A pool's threads, and how they are joined.

use std::sync::Mutex;
use std::thread::{self, JoinHandle, ThreadId};

use kit::real::lane::lock;

use super::on_panic::discard;

/// A pool's threads, to be joined once they have been told to end.
#[derive(Debug)]
pub(crate) struct Threads {
    ids: Vec<ThreadId>,
    handles: Mutex<Vec<JoinHandle<()>>>,
}

impl Threads {
    pub(crate) fn new(handles: Vec<JoinHandle<()>>) -> Self {
        Self {
            ids: handles.iter().map(|handle| handle.thread().id()).collect(),
            handles: Mutex::new(handles),
        }
    }

    pub(crate) fn is_one(&self) -> bool {
        self.ids.contains(&thread::current().id())
    }

    /// Waits until all have ended; so do other threads that call this. On one of them it returns at
    /// once: it would wait for itself, or for another of them that waits for it. All end all the same,
    /// this one when its job has returned.
    pub(crate) fn join(&self) {
        if self.is_one() {
            return;
        }
        // The lock is held, so that a second caller waits as well.
        for handle in lock(&self.handles).drain(..) {
            // A worker catches all panics: here is at most one of std's own.
            discard(handle.join());
        }
    }
}
