//! A model of a fork: a process's memory is a lock, a fork copies the lock as it is at that instant,
//! and the child has one thread.

use kit::model::sync::{Arc, Condvar, Mutex};
use kit::model::thread;
use tracing::info;

/// What comes out for the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Child {
    /// It acquires the lock.
    Acquires,
    /// It finds the lock held, and has no thread that could release it.
    WaitsForEver,
}

/// A process's memory: a lock, whose state is data that a fork copies.
struct Memory {
    held: Mutex<bool>,
    released: Condvar,
}

impl Memory {
    fn new(held: bool) -> Self {
        Self { held: Mutex::new(held), released: Condvar::new() }
    }

    /// Copies the memory, and no thread.
    fn fork(&self) -> Self {
        let held = *self.held.lock().unwrap();
        info!("forks while the lock is {}", if held { "held" } else { "free" });
        Self::new(held)
    }

    fn acquire(&self) {
        let mut held = self.held.lock().unwrap();
        while *held {
            held = self.released.wait(held).unwrap();
        }
        *held = true;
        info!("acquires the lock");
    }

    fn release(&self) {
        *self.held.lock().unwrap() = false;
        info!("releases the lock");
        self.released.notify_one();
    }
}

/// Starts a child by `start` while thread `t1` acquires and releases the lock in the parent.
fn child_of(start: impl FnOnce(&Memory) -> Memory) -> Child {
    let parent = Arc::new(Memory::new(false));
    let memory = Arc::clone(&parent);
    let t1 = thread::Builder::new().name("t1".to_owned()).spawn(move || {
        memory.acquire();
        memory.release();
    });
    let child = start(&parent);
    // The child has one thread, which does not hold the lock: no thread would ever release it.
    let held = *child.held.lock().unwrap();
    t1.unwrap().join().unwrap();
    if held { Child::WaitsForEver } else { Child::Acquires }
}

/// The parent forks, whether `t1` holds the lock or not.
pub fn lock_held() -> Child {
    child_of(Memory::fork)
}

/// The child is a program from its beginning.
pub fn spawned() -> Child {
    child_of(|_| Memory::new(false))
}

/// The child is a fork of a zygote, which has no other thread.
pub fn by_zygote() -> Child {
    let zygote = Memory::new(false);
    child_of(move |_| zygote.fork())
}

/// The parent acquires the lock before the fork; parent and child release their copies.
pub fn lock_first() -> Child {
    child_of(|parent| {
        parent.acquire();
        let child = parent.fork();
        parent.release();
        child.release();
        child
    })
}
