//! A baton that two threads, or two processes, hand to each other: one word, and the kernel's futex.
//!
//! The word says whose turn it is, and whether the other sleeps. The kernel compares the word before
//! it puts a thread to sleep, so a hand-over in between is not missed; and a thread that hands the
//! baton to one that does not sleep makes no system call.

use std::hint;
use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};

/// The bit of a player that sleeps until it has its turn.
const ASLEEP: u32 = 2;
/// The word when the game is over.
const OVER: u32 = 4;

/// A baton between the players 0 and 1; the first turn is that of 0.
///
/// ```
/// use threads_basics::baton::Baton;
///
/// let baton = Baton::between_threads();
/// std::thread::scope(|scope| {
///     scope.spawn(|| baton.play(1, 1_000, Baton::take));
///     assert!(baton.play(0, 1_000, Baton::take));
/// });
/// ```
///
/// # Memory ordering
/// `pass` is Release, and `take` Acquire: what one player did in its turn is visible to the other in
/// the next one. That a player sleeps is Relaxed: it carries nothing but itself.
#[derive(Debug)]
#[repr(C)]
pub struct Baton {
    word: AtomicU32,
    /// Whether the players are threads of one process, which the kernel wakes by their address alone.
    /// Memory that is all zeros is a baton for two processes.
    private: bool,
}

impl Baton {
    /// Makes a baton for two threads.
    pub const fn between_threads() -> Self {
        Self { word: AtomicU32::new(0), private: true }
    }

    /// Waits for the turn of `me`; `false` if the game is over.
    ///
    /// # Blocking
    /// Until [`pass`](Self::pass) or [`end`](Self::end).
    pub fn take(&self, me: u32) -> bool {
        loop {
            let now = self.word.load(Acquire);
            if now & !ASLEEP == me || now == OVER {
                return now != OVER;
            }
            let asleep = now | ASLEEP;
            if now == asleep || self.word.compare_exchange(now, asleep, Relaxed, Relaxed).is_ok() {
                self.sleep(asleep);
            }
        }
    }

    /// As [`take`](Self::take), by looking again and again (spins), which makes no system call.
    pub fn spin(&self, me: u32) -> bool {
        loop {
            let now = self.word.load(Acquire);
            if now & !ASLEEP == me || now == OVER {
                return now != OVER;
            }
            hint::spin_loop();
        }
    }

    /// Gives the turn to the other player, and wakes it if it sleeps.
    pub fn pass(&self, to: u32) {
        if self.word.swap(to, Release) & ASLEEP != 0 {
            self.wake();
        }
    }

    /// Ends the game: whoever waits goes on, and whoever comes does not wait.
    pub fn end(&self) {
        self.word.store(OVER, Release);
        self.wake();
    }

    /// Takes the baton, by [`take`](Self::take) or by [`spin`](Self::spin), and passes it, `times`
    /// times; `false` if the game was ended before.
    pub fn play(&self, me: u32, times: u64, take: fn(&Self, u32) -> bool) -> bool {
        (0..times).all(|_| {
            let mine = take(self, me);
            if mine {
                self.pass(1 - me);
            }
            mine
        })
    }

    #[cfg(target_os = "linux")]
    fn flags(&self) -> rustix::thread::futex::Flags {
        use rustix::thread::futex::Flags;
        if self.private { Flags::PRIVATE } else { Flags::empty() }
    }

    #[cfg(target_os = "linux")]
    fn sleep(&self, expected: u32) {
        // It may return for no reason, a signal for one: the caller looks again.
        let _ = rustix::thread::futex::wait(&self.word, self.flags(), expected, None);
    }

    #[cfg(target_os = "linux")]
    fn wake(&self) {
        // It fails only for an address that is no futex, and this one is.
        let _ = rustix::thread::futex::wake(&self.word, self.flags(), 1);
    }

    #[cfg(not(target_os = "linux"))]
    fn sleep(&self, _expected: u32) {
        std::thread::yield_now();
    }

    #[cfg(not(target_os = "linux"))]
    fn wake(&self) {
        let _ = self.private;
    }
}
