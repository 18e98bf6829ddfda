//! A reader-writer lock out of a mutex and a condition variable.

use super::super::lane::{lock, wait_while};
use super::super::sync::{Condvar, Mutex};

/// The threads in a reader-writer lock, and the writers before it.
#[derive(Debug, Default)]
struct Inside {
    readers: u32,
    writing: bool,
    writers_waiting: u32,
}

/// A reader-writer lock that admits no reader while a writer waits, or, with `READERS_FIRST`, does
/// not ask. Both kinds wait at one condition variable, so all are woken.
#[derive(Debug, Default)]
pub struct RwLock<const READERS_FIRST: bool = false> {
    inside: Mutex<Inside>,
    left: Condvar,
}

impl<const READERS_FIRST: bool> RwLock<READERS_FIRST> {
    /// Makes a lock that no thread holds.
    pub const fn new() -> Self {
        let inside = Inside { readers: 0, writing: false, writers_waiting: 0 };
        Self { inside: Mutex::new(inside), left: Condvar::new() }
    }

    fn admit_reader(now: &mut Inside) -> bool {
        let free = !now.writing && (READERS_FIRST || now.writers_waiting == 0);
        now.readers = now.readers.checked_add(u32::from(free)).expect("too many readers");
        free
    }

    fn admit_writer(now: &mut Inside) -> bool {
        let free = !now.writing && now.readers == 0;
        now.writing |= free;
        free
    }

    /// Enters as a reader, as soon as no writer is inside or waits.
    ///
    /// # Panics
    /// If 2³² - 1 readers are inside.
    pub fn read(&self) {
        drop(wait_while(&self.left, lock(&self.inside), |now| !Self::admit_reader(now)));
    }

    /// Enters as a reader, unless that has to be waited for. It panics as `read`.
    pub fn try_read(&self) -> bool {
        Self::admit_reader(&mut lock(&self.inside))
    }

    /// Leaves as a reader.
    ///
    /// # Panics
    /// If no reader is inside.
    pub fn leave(&self) {
        let mut now = lock(&self.inside);
        now.readers = now.readers.checked_sub(1).expect("no reader is inside");
        drop(now);
        self.left.notify_all();
    }

    /// Enters as the writer, as soon as no other thread is inside.
    pub fn write(&self) {
        let mut now = lock(&self.inside);
        now.writers_waiting += 1;
        now = wait_while(&self.left, now, |now| !Self::admit_writer(now));
        now.writers_waiting -= 1;
    }

    /// Enters as the writer, unless that has to be waited for.
    pub fn try_write(&self) -> bool {
        Self::admit_writer(&mut lock(&self.inside))
    }

    /// Leaves as the writer.
    pub fn leave_as_writer(&self) {
        lock(&self.inside).writing = false;
        self.left.notify_all();
    }

    /// Returns whether a writer is inside or waits.
    pub fn has_writer(&self) -> bool {
        let inside = lock(&self.inside);
        inside.writing || inside.writers_waiting > 0
    }
}
