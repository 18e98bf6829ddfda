//! A counter that processes share, and three ways to add 1 to it.
//!
//! Real processes have the [`Counter`] in shared memory; this file is compiled a second time for
//! the model checker, whose threads stand for processes.

use super::shared_memory::robust_lock::RawRobustLock;
use super::shared_memory::word::Word;
use super::sync::atomic::AtomicU64;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// A number, the lock that guards it, and a widened window between its read and its write.
#[derive(Debug, Default)]
#[repr(C)]
pub struct Counter {
    /// Relaxed all over: it publishes nothing else, and is read last after all processes that add
    /// have exited.
    number: AtomicU64,
    lock: RawRobustLock,
    window: Window,
}

/// A meeting point between the read and the write: the first processes that come to it wait for
/// each other. Unwidened, the window lasts a nanosecond, and two processes are seldom in it at once.
#[derive(Debug, Default)]
#[repr(C)]
struct Window {
    wanted: AtomicU64,
    arrived: Word,
}

/// Adds 1 without a lock. A process that reads between this read and this write reads the same, and
/// one of the two updates is lost.
pub fn unlocked(counter: &Counter) {
    let read = counter.read();
    counter.window.wait();
    counter.write(read + 1);
}

/// Adds 1 in a critical section: no other process reads between the read and the write.
pub fn locked(counter: &Counter) {
    counter.lock.lock();
    let read = counter.read();
    counter.write(read + 1);
    counter.lock.unlock(true);
}

/// Adds 1 by one atomic read-modify-write: a single number needs no lock.
pub fn fetch_added(counter: &Counter) {
    let before = counter.number.fetch_add(1, Relaxed);
    tracing::info!("adds 1 to {before}");
}

impl Counter {
    /// Widens the window: the first two processes wait in it until both have come, and all others
    /// pass. For [`unlocked`] alone, for under a lock two cannot come.
    pub fn widen(&self) {
        self.window.wanted.store(2, Relaxed);
    }

    #[track_caller]
    fn read(&self) -> u64 {
        let read = self.number.load(Relaxed);
        tracing::info!("reads {read}");
        read
    }

    #[track_caller]
    fn write(&self, number: u64) {
        self.number.store(number, Relaxed);
        tracing::info!("writes {number}");
    }

    /// Returns the number.
    pub fn number(&self) -> u64 {
        self.number.load(Relaxed)
    }
}

impl Window {
    fn wait(&self) {
        let wanted = self.wanted.load(Relaxed);
        if wanted == 0 {
            return;
        }
        // Release, for the Acquire below: a process goes on after what the other has done before it
        // came.
        let mut arrived = self.arrived.fetch_add(1, Release) + 1;
        self.arrived.wake();
        while arrived < wanted {
            self.arrived.wait(arrived, None);
            arrived = self.arrived.load(Acquire);
        }
    }
}
