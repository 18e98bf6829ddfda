//! When a worker sleeps, and who wakes it: the part of the pool in which a wake-up can be lost.
//!
//! A wake-up costs the waker a system call, so a submit has to be spared it wherever it can: if a worker is looking for work
//! already, it will find this job too. One word counts all that has to be known for that:
//!
//! | counted | who is counted | what it is for |
//! | --- | --- | --- |
//! | asleep | workers that sleep | nobody sleeps: nobody has to be woken |
//! | searching | workers that look for work | somebody looks: nobody has to be woken |
//! | entered | submitters in the middle of a submit | a pool that is closed ends when they have left |
//! | closed | | nobody enters any more |
//!
//! # Why no wake-up is lost
//! A job is queued *before* its submitter leaves, and a worker looks at the queues *after* it was counted as asleep. Both
//! change the same word, so one of the two comes first: either who leaves sees the sleeper, and wakes it, or the sleeper sees the job.
//!
//! What is left are the wake-ups that were spared because somebody was searching. That somebody owes them: the last one to stop searching looks
//! at the queues *after* it was counted out, and if there is more, wakes the next, who is searching then, and owes the same.
//!
//! # Source
//! The throttle is the one of Go's scheduler (Dmitry Vyukov, "Scalable Go Scheduler Design Doc", 2012), which tokio's has too.

use super::sync::atomic::AtomicU64;
use super::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use super::sync::atomic::fence;
use super::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// One of each in the word. 21 bits are for two million threads, which no system has.
const ASLEEP: u64 = 1;
const SEARCHING: u64 = 1 << 21;
const ENTERED: u64 = 1 << 42;
const CLOSED: u64 = 1 << 63;
const COUNT: u64 = (1 << 21) - 1;

/// Keeps track of who sleeps.
///
/// A line of memory of its own: it is written at every submit.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Sleep {
    word: AtomicU64,
    /// The numbers of those that sleep; the last one to fall asleep, whose memory is still at hand, is woken first.
    asleep: Mutex<Vec<usize>>,
    /// What each of the workers sleeps on.
    beds: Box<[Condvar]>,
}

/// Says how a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    /// There may be something to do; this worker is searching.
    Searching,
    /// Nothing will come any more.
    Ended,
}

/// A submitter that has entered; it leaves when this is dropped.
#[derive(Debug)]
pub(super) struct Entered<'a>(&'a Sleep);

impl Sleep {
    pub(super) fn new(workers: usize) -> Self {
        let beds = (0..workers).map(|_| Condvar::new()).collect();
        Self { word: AtomicU64::new(0), asleep: Mutex::new(Vec::with_capacity(workers)), beds }
    }

    /// Lets a submitter in, who leaves when its jobs are queued; not if the pool was closed.
    pub(super) fn enter(&self) -> Option<Entered<'_>> {
        // Relaxed: what is decided on it is decided by the word alone.
        let before = self.word.fetch_add(ENTERED, Relaxed);
        let entered = Entered(self);
        (before & CLOSED == 0).then_some(entered)
    }

    /// Is told by a worker that it has put jobs into its own queue. It needs no entrance, for it will not end before it has looked there.
    ///
    /// # Memory ordering
    /// The fence stands between queueing the job and the look at the word; its partners stand in [`sleep`](Self::sleep) and
    /// [`found`](Self::found), between a change of the word and the look at the queues. One of the two sees what the other has written.
    /// A change of the word would do as well, but all workers would meet there at each job.
    pub(super) fn queued(&self) {
        fence(SeqCst);
        self.wake_if_nobody_looks(self.word.load(Relaxed));
    }

    /// Counts a worker as searching.
    pub(super) fn search(&self) {
        // Relaxed: a submitter that sees it leaves the wake-up to `found` or `sleep`, which look again.
        self.word.fetch_add(SEARCHING, Relaxed);
    }

    /// Counts a worker as searching no more, for it has found something; `more` looks whether there is more.
    ///
    /// # Memory ordering
    /// The fence stands between being counted out and the look at the queues. Its partners are the Release of each submitter who has left before, and
    /// the fence of each worker that has [queued](Self::queued) something: who has spared itself the wake-up is seen by `more`.
    /// Release: whoever falls asleep after this sees what this worker has moved to its own queue.
    pub(super) fn found(&self, more: impl FnOnce() -> bool) {
        let before = self.word.fetch_sub(SEARCHING, Release);
        if searching(before) == 1 && asleep(before) > 0 {
            fence(SeqCst);
            if more() {
                self.wake_one();
            }
        }
    }

    /// Sleeps until it is woken, as worker `number`, which was searching and is so again afterwards. `stay` looks once more whether there is
    /// something to do. Who has a job in hand, whose end it waits for, does not `end` with the pool.
    ///
    /// # Blocking
    /// Until somebody has work for it, or has called [`wake`](Self::wake), or nothing will come any more.
    ///
    /// # Memory ordering
    /// The fence stands between being counted as asleep and the last look at the queues. Its partners are the Release of each submitter who has left
    /// before, and of each worker that has found something before, and the fence of each that has [queued](Self::queued) something.
    pub(super) fn sleep(&self, number: usize, end: bool, stay: impl FnOnce() -> bool) -> Woken {
        let mut sleepers = self.sleepers();
        sleepers.push(number);
        let word = self.word.fetch_add(ASLEEP.wrapping_sub(SEARCHING), Relaxed);
        fence(SeqCst);
        if stay() {
            // Nobody has taken it off the list: the list is locked.
            sleepers.pop();
            self.word.fetch_add(SEARCHING.wrapping_sub(ASLEEP), Relaxed);
            return Woken::Searching;
        }
        if end && word & CLOSED != 0 && entered(word) == 0 {
            sleepers.pop();
            self.word.fetch_sub(ASLEEP, Relaxed);
            return Woken::Ended;
        }
        while sleepers.contains(&number) {
            sleepers = self.beds[number].wait(sleepers).unwrap_or_else(PoisonError::into_inner);
        }
        Woken::Searching
    }

    /// Wakes worker `number`, if it sleeps.
    pub(super) fn wake(&self, number: usize) {
        let mut sleepers = self.sleepers();
        if let Some(at) = sleepers.iter().position(|&asleep| asleep == number) {
            sleepers.remove(at);
            self.rise(sleepers, number);
        }
    }

    /// Lets nobody enter any more, and wakes all.
    pub(super) fn close(&self) {
        // Relaxed: as for `enter`.
        self.word.fetch_or(CLOSED, Relaxed);
        self.wake_all();
    }

    /// Says whether the pool was closed.
    pub(super) fn is_closed(&self) -> bool {
        self.word.load(Relaxed) & CLOSED != 0
    }

    /// Says whether nobody is in the middle of a submit; what those who have left queued is seen.
    pub(super) fn all_have_left(&self) -> bool {
        entered(self.word.load(Acquire)) == 0
    }

    fn wake_if_nobody_looks(&self, word: u64) {
        if asleep(word) > 0 && searching(word) == 0 {
            self.wake_one();
        }
    }

    /// Wakes somebody, unless somebody has begun to search meanwhile.
    fn wake_one(&self) {
        let mut sleepers = self.sleepers();
        // Under the lock, for two who come for one job shall not wake two.
        if searching(self.word.load(Relaxed)) == 0
            && let Some(number) = sleepers.pop()
        {
            self.rise(sleepers, number);
        }
    }

    /// Wakes all.
    pub(super) fn wake_all(&self) {
        let mut sleepers = self.sleepers();
        let all = std::mem::take(&mut *sleepers);
        self.word.fetch_add(SEARCHING.wrapping_sub(ASLEEP).wrapping_mul(all.len() as u64), Relaxed);
        drop(sleepers);
        all.into_iter().for_each(|number| self.beds[number].notify_one());
    }

    /// Counts a worker that was taken off the list as searching, from now on: who submits next need not wake another.
    fn rise(&self, sleepers: MutexGuard<'_, Vec<usize>>, number: usize) {
        // Relaxed: the lock orders it against whoever falls asleep.
        self.word.fetch_add(SEARCHING.wrapping_sub(ASLEEP), Relaxed);
        drop(sleepers);
        self.beds[number].notify_one();
    }

    fn sleepers(&self) -> MutexGuard<'_, Vec<usize>> {
        self.asleep.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Entered<'_> {
    /// Leaves, and wakes whoever has to be woken for it.
    ///
    /// # Memory ordering
    /// Release: its partners are the fences in `found` and `sleep`, and the Acquire in `all_have_left`.
    fn drop(&mut self) {
        let before = self.0.word.fetch_sub(ENTERED, Release);
        if before & CLOSED == 0 {
            self.0.wake_if_nobody_looks(before);
        } else if entered(before) == 1 && asleep(before) > 0 {
            // They wait for the last one to leave.
            self.0.wake_all();
        }
    }
}

fn asleep(word: u64) -> u64 {
    word & COUNT
}

fn searching(word: u64) -> u64 {
    (word / SEARCHING) & COUNT
}

fn entered(word: u64) -> u64 {
    (word / ENTERED) & COUNT
}
