//! The same buffer on the mutex and the condition variable of this topic, `primitives/futex.rs` and
//! `primitives/condvar.rs`: what is asked of their users is the same.

use std::collections::VecDeque;

use super::primitives::FutexMutex;
use super::primitives::condvar::Condvar;
use super::{ROOM, sum_of};

#[derive(Debug, Default)]
struct Buffer {
    items: FutexMutex<VecDeque<u32>>,
    filled: Condvar,
    emptied: Condvar,
}

impl Buffer {
    fn put(&self, item: u32) {
        let mut items = self.items.lock();
        self.emptied.wait_while(&mut items, |items| items.len() == ROOM);
        items.push_back(item);
        self.filled.notify_one();
    }

    fn take(&self) -> Option<u32> {
        let mut items = self.items.lock();
        self.filled.wait_while(&mut items, |items| items.is_empty());
        let item = items.pop_front();
        self.emptied.notify_one();
        item
    }
}

/// Lets two producers put `items` each, 1 and up, and two consumers take as many, as fast as they
/// can; returns the sum of what was taken.
pub fn sum(items: u32) -> u64 {
    sum_of(items, Buffer::put, Buffer::take)
}
