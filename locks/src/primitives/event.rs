//! Two events, which threads wait for until another sets them.
//!
//! The **manual-reset** one, [`Event`], is Python's: once set, it lets all threads go on, until it
//! is cleared. Its word:
//!
//! | bits | name | meaning |
//! | --- | --- | --- |
//! | 2 to 31 | times | the number of times that it was set while it was clear |
//! | 1 | `ASLEEP` | a thread sleeps until it is set (see the file `parking.rs`) |
//! | 0 | `SET` | all threads go on |
//!
//! The times are for threads that wait while it is set and cleared again at once: each looks when
//! it is awake, which is too late to see `SET`, but not too late to see that the count has changed.
//!
//! The **auto-reset** one, [`AutoEvent`], lets one thread go on for each time that it is set,
//! whether that thread waits already or comes later: it is a semaphore of one permit, and setting
//! it again before a thread came changes nothing.
//!
//! # Relationship with std
//! std has none. **Take** a channel if there is data to send, [`std::sync::OnceLock`] if it happens
//! once and has a value, and [`std::thread::park`] if there is one thread to wake, which is known:
//! that is an auto-reset event in every thread.

use super::const_fn;
use super::parking::wait_until;
use super::semaphore::Semaphore;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;

const SET: u32 = 1;
const ASLEEP: u32 = 1 << 1;
const TIME: u32 = 1 << 2;

/// An event that lets all threads go on once it is set, until it is cleared.
///
/// ```
/// use locks::real::primitives::event::{AutoEvent, Event};
///
/// let (started, work) = (Event::new(), AutoEvent::new());
/// std::thread::scope(|scope| {
///     scope.spawn(|| (started.wait(), work.set()));
///     started.set();
///     work.wait(); // Takes the signal: the next thread to wait does wait.
/// });
/// assert!(started.is_set());
/// ```
#[derive(Debug)]
pub struct Event(Word);

impl Event {
    const_fn! {
        /// Makes an event that is not set.
        pub fn new() -> Self {
            Self(Word::new(0))
        }
    }

    /// Sets it: all threads go on that wait, and all that come until it is cleared.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the threads that wait. It writes what it finds if it is set
    /// already, so that this thread's writes are visible to them, too.
    pub fn set(&self) {
        let mut now = self.0.load(Relaxed);
        loop {
            let next = if now & SET != 0 { now } else { (now & !ASLEEP).wrapping_add(TIME) | SET };
            match self.0.compare_exchange_weak(now, next, Release, Relaxed) {
                Ok(_) => break,
                Err(changed) => now = changed,
            }
        }
        if now & ASLEEP != 0 {
            self.0.wake_all();
        }
    }

    /// Clears it: a thread that comes now waits. A thread that waited when it was set goes on all
    /// the same.
    ///
    /// # Memory ordering
    /// Acquire, for the Release of each `set` that it takes back: a thread that clears the event,
    /// and then looks at what it waits for, sees all that was done before those. It needs no
    /// Release of its own: as a read-modify-write it continues the release sequence of `set`.
    pub fn clear(&self) {
        self.0.fetch_and(!SET, Acquire);
    }

    /// Returns whether it is set at this moment: Acquire, for the Release in `set`.
    pub fn is_set(&self) -> bool {
        self.0.load(Acquire) & SET != 0
    }

    /// Blocks until it is set; not at all if it is. Acquire, for the Release in `set`.
    pub fn wait(&self) {
        let times = |state| state / TIME;
        let before = times(self.0.load(Relaxed));
        wait_until(&self.0, ASLEEP, |state| state & SET != 0 || times(state) != before);
    }
}

impl Default for Event {
    fn default() -> Self {
        Self::new()
    }
}

/// An event that lets one thread go on for each time that it is set.
#[derive(Debug)]
pub struct AutoEvent(Semaphore);

impl AutoEvent {
    const_fn! {
        /// Makes an event that is not set.
        pub fn new() -> Self {
            Self(Semaphore::with_limit(0, 1))
        }
    }

    /// Sets it: one thread goes on, which waits or comes next.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the thread that goes on; also where the event is set already,
    /// which is written once more.
    pub fn set(&self) {
        // It is refused, which is a write too, if it was set already: one will go on, not two.
        let _ = self.0.release();
    }

    /// Blocks until it is set, and takes the signal. Acquire, for the Release in `set`.
    pub fn wait(&self) {
        self.0.acquire();
    }
}

impl Default for AutoEvent {
    fn default() -> Self {
        Self::new()
    }
}
