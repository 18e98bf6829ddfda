//! A baton that two threads, or two processes, hand to each other: one word, and the kernel's
//! futex.
//!
//! The word says whose turn it is, and whether the other sleeps. The kernel compares the word
//! before it puts a thread to sleep, so a hand-over in between is not missed; and a thread that
//! hands the baton to one that does not sleep makes no system call.

use std::hint;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

#[cfg(target_os = "linux")]
use rustix::thread::futex::{self, Flags};

/// The bit of a player that sleeps until it has its turn.
const ASLEEP: u32 = 2;

/// A baton between the players 0 and 1; the first turn is that of 0.
///
/// ```
/// use threads_basics::baton::Baton;
///
/// let baton = Baton::between_threads();
/// std::thread::scope(|scope| {
///     scope.spawn(|| baton.play(1, 1_000, Baton::take));
///     baton.play(0, 1_000, Baton::take);
/// });
/// ```
///
/// # Memory ordering
/// `pass` is Release, and `take` Acquire: what one player did in its turn is visible to the other
/// in the next one. That a player sleeps is Relaxed: it carries nothing but itself.
#[derive(Debug)]
#[repr(C)]
pub struct Baton {
    word: AtomicU32,
    /// Whether the players are threads of one process, which the kernel wakes by their address
    /// alone. Memory that is all zeros is a baton for two processes.
    private: bool,
}

impl Baton {
    /// Makes a baton for two threads.
    pub const fn between_threads() -> Self {
        Self { word: AtomicU32::new(0), private: true }
    }

    /// Waits for the turn of `me`.
    pub fn take(&self, me: u32) {
        self.wait(me, |now| {
            let asleep = now | ASLEEP;
            if now == asleep || self.word.compare_exchange(now, asleep, Relaxed, Relaxed).is_ok() {
                // It may return for no reason, a signal for one: the word is looked at again.
                #[cfg(target_os = "linux")]
                let _ = futex::wait(&self.word, self.flags(), asleep, None);
            }
        });
    }

    /// As [`take`](Self::take), by looking again and again (spins), which makes no system call.
    pub fn spin(&self, me: u32) {
        self.wait(me, |_| hint::spin_loop());
    }

    fn wait(&self, me: u32, not_yet: impl Fn(u32)) {
        loop {
            match self.word.load(Acquire) {
                now if now & !ASLEEP == me => return,
                now => not_yet(now),
            }
        }
    }

    /// Gives the turn to the other player, and wakes it if it sleeps.
    pub fn pass(&self, to: u32) {
        if self.word.swap(to, Release) & ASLEEP != 0 {
            // It fails only for an address that is no futex, and this one is.
            #[cfg(target_os = "linux")]
            let _ = futex::wake(&self.word, self.flags(), 1);
        }
    }

    /// Takes the baton, by [`take`](Self::take) or by [`spin`](Self::spin), and passes it, `times`
    /// times.
    pub fn play(&self, me: u32, times: u64, take: fn(&Self, u32)) {
        for _ in 0..times {
            take(self, me);
            self.pass(1 - me);
        }
    }

    #[cfg(target_os = "linux")]
    fn flags(&self) -> Flags {
        if self.private { Flags::PRIVATE } else { Flags::empty() }
    }
}
