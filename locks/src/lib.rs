#![doc = include_str!("../README.md")]
#![doc = include_str!("../../kit/readme_links.html")]
//!
//! # The files
//! Each lesson is a file that is named as its subcommand; the locks themselves are in
//! [`real::primitives`], a file each. A reading order:
//!
//! | lesson | file | question |
//! | --- | --- | --- |
//! | `spin` | [`real::spin`] | Why must test and set be one atomic step? |
//! | `ticket` | [`real::ticket`] | How is a lock made fair? |
//! | `mcs` | [`real::mcs`] | Ticket lock or queue lock? |
//! | `futex` | [`real::futex`] | How does a thread park without missing its wake-up? |
//! | `reentrant` | [`real::reentrant`] | Why does a reentrant lock count? |
//! | `mutex` | [`mutex`] | How long does a guard live, and what is poisoning? |
//! | `nested` | [`nested`] | `Lock` or `RLock`? |
//! | `rwlock` | [`real::rwlock`] | Which side starves at a reader-writer lock? |
//! | `sharded-rwlock` | [`real::sharded_rwlock`] | A reader acquires one shard; and the writer? |
//! | `condvar` | [`real::condvar`] | Why `while` around `wait`? |
//! | `bounded-buffer` | [`real::bounded_buffer`] | When is `notify_one` a bug? |
//! | `queue-shutdown` | [`real::queue_shutdown`] | How do consumers learn that no more will come? |
//! | `alternate` | [`real::alternate`] | How do three threads print A, B, C in turn? |
//! | `semaphore` | [`real::semaphore`] | Semaphore of one, or mutex? |
//! | `barrier` | [`real::barrier`] | What makes a barrier reusable? |
//! | `event` | [`real::event`] | Which signal is remembered? |
//! | `latch` | [`real::latch`] | Latch or barrier? |
//! | `from-condvar` | [`real::from_condvar`] | What can a mutex and a condition variable build? |
//! | `peterson` | [`real::peterson`] | When are Acquire and Release not enough? |
//! | `fairness` | [`fairness`] | Is std's mutex fair? |
//! | `convoy` | [`convoy`] | What is a lock convoy? |
//! | `priority-inversion` | [`priority_inversion`] | What is priority inversion, and its cure? |
//!
//! What the lessons are written with:
//!
//! - [`kit::real::lane`]: threads under a name, which is their lane, and locks, poisoned or not;
//!   `scoped_threads`: threads that borrow, for lessons without a model.
//! - [`kit::sync_point`]: widens the window between two threads' steps, in the open.
//! - [`real::exclusion_probe`]: counts the threads in a critical section. [`real::fifo`]: lets
//!   threads join a queue one by one.
//! - [`real::word`]: what locks need besides atomics, a number on which threads can park.

/// The locks and their lessons on real threads and std's atomics.
#[path = ""]
pub mod real {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
    use std::time::Duration;
    use std::{hint, sync, thread, thread_local};

    use kit::real::lane;
    use kit::sync_point::SyncPoint;

    use super::const_fn;

    /// The longest pause of a [`primitives::back_off::BackOff`], in spin hints, after which it
    /// yields instead.
    const MOST_PAUSES: u32 = 128;

    /// Makes a sync point of a lesson: two threads meet there, again and again. What is awaited for
    /// more than 10 s will not come: the run has failed, and has to end to say so.
    fn sync_point() -> SyncPoint {
        SyncPoint::of(2).in_rounds().at_most(Duration::from_secs(10))
    }

    /// Returns this thread's number: at least 1, and never that of another thread, not even of one
    /// that has ended.
    ///
    /// It works while the thread's locals are destroyed, too: a thread-local without a destructor
    /// lives to the end.
    #[inline]
    fn thread_number() -> u64 {
        thread_local!(static NUMBER: Cell<u64> = const { Cell::new(0) });
        #[cold]
        fn first() -> u64 {
            static LAST: AtomicU64 = AtomicU64::new(0);
            // No program starts 2⁶⁴ threads. Relaxed: each number is given once.
            let number = LAST.fetch_add(1, Relaxed) + 1;
            NUMBER.set(number);
            number
        }
        match NUMBER.get() {
            0 => first(),
            number => number,
        }
    }

    #[cfg_attr(target_os = "linux", path = "word/kernel.rs")]
    #[cfg_attr(not(target_os = "linux"), path = "word/condvar.rs")]
    pub mod word;

    pub mod alternate;
    pub mod barrier;
    pub mod bounded_buffer;
    pub mod condvar;
    pub mod event;
    pub mod exclusion_probe;
    pub mod fifo;
    pub mod from_condvar;
    pub mod futex;
    pub mod latch;
    pub mod mcs;
    pub mod peterson;
    pub mod primitives;
    pub mod queue_shutdown;
    pub mod reentrant;
    pub mod rwlock;
    pub mod semaphore;
    pub mod sharded_rwlock;
    pub mod spin;
    pub mod ticket;
    pub mod weakened;
}

// The same files, compiled a second time: on the model checker's threads and atomics.
kit::model! {
    use kit::model::{hint, lane, sync, thread, thread_local};
    use kit::sync_point::SyncPoint;

    use super::const_fn;

    /// A pause does nothing in a model, and a yield is what lets it go on.
    const MOST_PAUSES: u32 = 0;

    /// Makes a sync point of a lesson: no thread waits at it, every schedule gets its turn.
    fn sync_point() -> SyncPoint {
        SyncPoint::none()
    }

    /// Returns a thread's number in the model: the same in every run of a schedule.
    fn thread_number() -> u64 {
        usize::from(thread::current().id()) as u64 + 1
    }

    #[path = "word/condvar.rs"]
    pub mod word;

    pub mod alternate;
    pub mod barrier;
    pub mod bounded_buffer;
    pub mod condvar;
    pub mod event;
    pub mod exclusion_probe;
    pub mod fifo;
    pub mod from_condvar;
    pub mod futex;
    pub mod latch;
    pub mod mcs;
    pub mod peterson;
    pub mod primitives;
    pub mod queue_shutdown;
    pub mod reentrant;
    pub mod rwlock;
    pub mod semaphore;
    pub mod sharded_rwlock;
    pub mod spin;
    pub mod ticket;
    pub mod weakened;
}

/// The primitives that can be weakened, once more: on Loom's atomics, which keep no more order than
/// they are asked for.
#[doc(hidden)]
#[path = ""]
pub mod loom {
    use ::loom::{sync, thread};

    pub mod weakened;
}

pub mod convoy;
pub mod fairness;
pub mod mutex;
pub mod nested;
pub mod priority_inversion;
mod scoped_threads;

/// Makes a function of a primitive constant. The tests have another one of this name: on Loom's
/// atomics, which cannot be made in a constant, a function stays as it is.
macro_rules! const_fn {
    ($(#[$meta:meta])* $public:vis fn $($rest:tt)*) => { $(#[$meta])* $public const fn $($rest)* };
}
use const_fn;
