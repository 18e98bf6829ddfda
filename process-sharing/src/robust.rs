//! A lock between processes that survives them: when one is killed with the lock in its hand, the
//! next one is told, and goes on.
//!
//! | bits of `word` | meaning | left by |
//! | --- | --- | --- |
//! | 0 to 21 | the process number of who is inside, 0 nobody | an exchange of 0 for one's own, or of a dead one's for one's own |
//! | 30 `WAITED_FOR` | others may sleep | `unlock`, which then wakes one |
//! | 31 `BROKEN` | a holder died, and nobody has repaired what is guarded | an `unlock` that says that it is whole |
//! | 32 to 63 | when the one inside was started | with bits 0 to 21 |
//!
//! Nobody tells of a death by SIGKILL. So the word says who is inside, and who waits looks, every
//! 10 ms, whether that one still lives. Processes are named by number and start: the number of a
//! dead process is given to another, some day.
//!
//! That a sleep ends by itself helps twice more: it saves those who wait when the one that was
//! killed had given the lock back and was about to wake one of them, or had just been woken itself.
//!
//! # Relationship with others
//! A `pthread` mutex that is robust and shared by processes is the same to its users; there, the
//! kernel walks through a list of what the dead one held, and so tells at once. It is [beside this
//! one](crate::pthread). Where a lock is held for long, lock a file: the kernel gives it back, and
//! tells nobody. std's `Mutex` is for the threads of one process.
//!
//! # Source
//! The futex mutex: Ulrich Drepper, "Futexes Are Tricky", 2004. The notice to the next owner:
//! POSIX.1-2008, `pthread_mutexattr_setrobust`.

use std::time::Duration;

use super::hint;
use super::owner::Owner;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use super::word::Word;

const WAITED_FOR: u64 = 1 << 30;
const BROKEN: u64 = 1 << 31;

/// How long one sleeps before it looks whether the holder still lives.
const LOOK: Duration = Duration::from_millis(10);

/// Lets one in at a time, of all processes that have it in their memory.
#[derive(Debug)]
#[repr(transparent)]
pub struct RawRobustLock {
    /// Who is inside, and two marks.
    pub(super) word: Word,
}

/// Says in which state the lock was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Given back, by one who said that all was whole.
    Whole,
    /// A holder died inside: this one, or, where `None`, one before it.
    OwnerDied(Option<Owner>),
}

impl RawRobustLock {
    /// Takes the lock; sleeps until it is free, or its holder found dead.
    ///
    /// # Blocking
    /// As long as a process that lives has it. Who holds it already waits for itself, for ever.
    ///
    /// # Fairness
    /// None: who asks when it is given back wins over who has to be woken first.
    ///
    /// # Memory ordering
    /// An exchange that is won is Acquire; its partner is the Release in [`unlock`](Self::unlock).
    /// Who takes it from a dead process has no partner, for that one gave nothing back: it was the
    /// kernel that saw it end, and told of it afterwards.
    #[inline]
    pub fn lock(&self) -> Entry {
        let me = Owner::me().bits();
        if self.exchange(0, me) { Entry::Whole } else { self.wait(me) }
    }

    #[inline]
    fn exchange(&self, from: u64, to: u64) -> bool {
        self.word.compare_exchange(from, to, Acquire, Relaxed).is_ok()
    }

    #[cold]
    fn wait(&self, me: u64) -> Entry {
        // Looks with pauses that grow: so the holder comes back to its own cache line several
        // times, and very short sections cost less.
        let mut pauses = 1;
        loop {
            if pauses > super::MOST_PAUSES {
                break;
            }
            (0..pauses).for_each(|_| hint::spin_loop());
            pauses *= 2;
            if self.word.load(Relaxed) == 0 && self.exchange(0, me) {
                return Entry::Whole;
            }
        }
        // Who has slept does not know whether others still do.
        let mut mine = me;
        loop {
            let now = self.word.load(Relaxed);
            let owner = Owner::from_bits(now);
            if owner.bits() == 0 {
                if self.exchange(now, mine | now & BROKEN) {
                    return if now & BROKEN == 0 { Entry::Whole } else { Entry::OwnerDied(None) };
                }
                continue;
            }
            let marked = now | WAITED_FOR;
            if now != marked && !self.exchange(now, marked) {
                continue;
            }
            mine = me | WAITED_FOR;
            let in_time = self.word.wait(marked, Some(LOOK));
            if !in_time && !owner.is_alive() && self.exchange(marked, mine | BROKEN) {
                return Entry::OwnerDied(Some(owner));
            }
        }
    }

    /// Gives the lock back, and wakes one of those who sleep, if any does. Who was told of a death,
    /// and has not repaired what is guarded, is not `whole`, and the next one will be told as well.
    /// For the one who has taken it.
    ///
    /// # Memory ordering
    /// Release, for the Acquire of the exchange that will find the lock free.
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
