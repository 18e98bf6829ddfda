//! A lock between processes that outlives its owner: when a process is killed while it holds the
//! lock, the next owner is told, and goes on.
//!
//! | bits of `word` | meaning | changed by |
//! | --- | --- | --- |
//! | 0 to 21 | the PID of the owner, 0 if none | a compare-and-swap from 0 or a dead owner |
//! | 30 `WAITED_FOR` | others may sleep | `unlock`, which then wakes one |
//! | 31 `BROKEN` | an owner died, and the data is unrepaired | an `unlock` that says it is whole |
//! | 32 to 63 | when the owner was started | with bits 0 to 21 |
//!
//! The kernel tells no process of a death by SIGKILL. So the word names the owner, and a process
//! that waits checks every 10 ms whether the owner still lives. A PID alone would not do: the
//! kernel gives the PID of a dead process to another, some day.
//!
//! That sleeps have a timeout helps twice more: when a process is killed after it has released the
//! lock and before it wakes a sleeper, and when it is killed just after it was woken.
//!
//! A stopped process (SIGSTOP) lives: if it owns the lock, the others wait until it goes on.
//!
//! # Relationship with others
//! A `pthread` mutex that is robust and process-shared does the same for its users; there, the
//! kernel walks through a list of what the dead thread held, and tells at once. See
//! [`PthreadMutex`](crate::shared_memory::PthreadMutex). Where a lock is held for long, lock a file:
//! the kernel releases it, and tells no process. std's `Mutex` is for the threads of one process.
//!
//! # Source
//! The futex mutex: Ulrich Drepper, "Futexes Are Tricky", 2004. The notice to the next owner:
//! POSIX.1-2008, `pthread_mutexattr_setrobust`.

use std::time::Duration;

use super::hint;
use super::process_id::ProcessId;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;

const WAITED_FOR: u64 = 1 << 30;
const BROKEN: u64 = 1 << 31;

/// The timeout of a sleep, after which a process checks whether the owner still lives.
const CHECK: Duration = Duration::from_millis(10);

/// A lock for all processes that have it in their memory, without the value that it guards.
#[derive(Debug, Default)]
#[repr(transparent)]
pub struct RawRobustLock {
    /// The owner, and two flags.
    pub(super) word: Word,
}

/// How a lock was acquired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acquired {
    /// From an owner that has released it, and said that the data is whole.
    Whole,
    /// After an owner died: this one, or, where `None`, one before the last.
    OwnerDied(Option<ProcessId>),
}

impl RawRobustLock {
    /// Acquires the lock; sleeps until it is free, or its owner found dead.
    ///
    /// # Blocking
    /// While a process that lives owns it, a stopped one too. It is not reentrant: an owner that
    /// acquires it again waits for itself, for ever.
    ///
    /// # Fairness
    /// None: a process that arrives at the release may overtake one that has to be woken first.
    ///
    /// # Memory ordering
    /// A compare-and-swap that succeeds is Acquire; its partner is the Release in
    /// [`unlock`](Self::unlock). An acquisition from a dead process has no partner, for that one has
    /// released nothing: the kernel has ended it first, and answered the check afterwards.
    #[inline]
    pub fn lock(&self) -> Acquired {
        let me = ProcessId::me().bits();
        if self.swap_if(0, me) { Acquired::Whole } else { self.wait(me) }
    }

    #[inline]
    fn swap_if(&self, from: u64, to: u64) -> bool {
        self.word.compare_exchange(from, to, Acquire, Relaxed).is_ok()
    }

    #[cold]
    fn wait(&self, me: u64) -> Acquired {
        // Exponential back-off: so the owner has the cache line to itself for a while, and very
        // short critical sections cost less.
        for spins in (0..super::BACK_OFF_STEPS).map(|step| 1 << step) {
            (0..spins).for_each(|_| hint::spin_loop());
            if self.word.load(Relaxed) == 0 && self.swap_if(0, me) {
                return Acquired::Whole;
            }
        }
        // A process that has slept does not know whether others still do.
        let mut mine = me;
        loop {
            let now = self.word.load(Relaxed);
            let owner = ProcessId::from_bits(now);
            if owner.bits() == 0 {
                if self.swap_if(now, mine | now & BROKEN) {
                    let whole = now & BROKEN == 0;
                    return if whole { Acquired::Whole } else { Acquired::OwnerDied(None) };
                }
                continue;
            }
            let marked = now | WAITED_FOR;
            if now != marked && !self.swap_if(now, marked) {
                continue;
            }
            mine = me | WAITED_FOR;
            let in_time = self.word.wait(marked, Some(CHECK));
            if !in_time && !owner.is_alive() && self.swap_if(marked, mine | BROKEN) {
                return Acquired::OwnerDied(Some(owner));
            }
        }
    }

    /// Releases the lock, for its owner, and wakes a sleeper, if there is one. `whole` says that the
    /// data is consistent; an owner that was told of a death and has not repaired the data says no,
    /// and the next owner is told as well.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the compare-and-swap that will find the lock free.
    #[inline]
    pub fn unlock(&self, whole: bool) {
        let before = self.word.swap(if whole { 0 } else { BROKEN }, Release);
        if before & WAITED_FOR != 0 {
            self.wake();
        }
    }

    #[cold]
    fn wake(&self) {
        self.word.wake();
    }
}
