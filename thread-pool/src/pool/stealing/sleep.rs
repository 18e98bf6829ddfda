//! When a worker sleeps, and who wakes it: the part of the pool in which a wake-up can be lost.
//!
//! A wake-up costs the waker a system call, so a submit has to be spared it wherever it can: if a
//! worker is looking for work already, it will find this job too. One word counts all that has to
//! be known for that: how many are *asleep*, and how many are *searching*.
//!
//! # Why no wake-up is lost
//! Who submits queues the job *before* it looks at the word, and a worker looks at the queues
//! *after* it was counted as asleep. So one of the two sees the other: either who submits sees the
//! sleeper, and wakes it, or the sleeper sees the job. What makes it so differs:
//!
//! - From outside, the job is queued under the lock of the queue, and the sleeper looks under the
//!   same lock. If the sleeper was there first, all that it did before, and so the count, is seen
//!   by who takes the lock after it.
//! - A worker's own queue has no lock. There a fence stands between the two steps of each.
//!
//! What is left are the wake-ups that were spared because somebody was searching. That somebody
//! owes them: the last one to stop searching looks at the queues *after* it was counted out, and if
//! there is more, wakes the next, who is searching then, and owes the same.
//!
//! # Source
//! The throttle is the one of Go's scheduler (Dmitry Vyukov, "Scalable Go Scheduler Design Doc",
//! 2012), which tokio's has too.

use super::sync::atomic::AtomicU64;
use super::sync::atomic::Ordering::{Relaxed, Release, SeqCst};
use super::sync::atomic::fence;
use super::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// One of each in the word.
const ASLEEP: u64 = 1;
const SEARCHING: u64 = 1 << 32;

/// Keeps track of who sleeps.
///
/// A line of memory of its own: it is read at every submit.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Sleep {
    word: AtomicU64,
    /// The numbers of those that sleep; the last one to fall asleep, whose memory is still at hand,
    /// is woken first.
    asleep: Mutex<Vec<usize>>,
    /// What each of the workers sleeps on.
    condvars: Box<[Condvar]>,
}

/// Says how a sleep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Woken {
    /// There may be something to do; this worker is searching.
    Searching,
    /// Nothing will come any more.
    Ended,
}

/// Says what a worker sees when it looks once more before it sleeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// There is something to do.
    Work,
    /// There is nothing to do.
    Nothing,
    /// There never will be.
    End,
}

impl Sleep {
    pub(super) fn new(workers: usize) -> Self {
        let condvars = (0..workers).map(|_| Condvar::new()).collect();
        Self { word: AtomicU64::new(0), asleep: Mutex::new(Vec::with_capacity(workers)), condvars }
    }

    /// Is told by who has queued a job under a lock, under which workers look before they sleep.
    ///
    /// # Memory ordering
    /// Relaxed: who took that lock before, and found nothing, is seen here.
    pub(super) fn queued_under_lock(&self) {
        self.wake_if_nobody_looks(self.word.load(Relaxed));
    }

    /// Is told by a worker that it has put jobs into its own queue.
    ///
    /// # Memory ordering
    /// The fence stands between queueing the job and the look at the word; its partners stand in
    /// [`sleep`](Self::sleep) and [`found`](Self::found), between a change of the word and the look
    /// at the queues. One of the two sees what the other has written. A change of the word would do
    /// as well, but all workers would meet there at each job.
    pub(super) fn queued(&self) {
        fence(SeqCst);
        self.wake_if_nobody_looks(self.word.load(Relaxed));
    }

    /// Counts a worker as searching.
    pub(super) fn search(&self) {
        // Relaxed: a submitter that sees it leaves the wake-up to `found` or `sleep`, which look
        // again.
        self.word.fetch_add(SEARCHING, Relaxed);
    }

    /// Counts a worker as searching no more, for it has found something; `more` looks whether there
    /// is more.
    ///
    /// # Memory ordering
    /// The fence stands between being counted out and the look at the queues. Its partner is the
    /// fence of each worker that has [queued](Self::queued) something: who has spared itself the
    /// wake-up is seen by `more`. Release: whoever falls asleep after this sees what this worker
    /// has moved to its own queue.
    pub(super) fn found(&self, more: impl FnOnce() -> bool) {
        let before = self.word.fetch_sub(SEARCHING, Release);
        if searching(before) == 1 && asleep(before) > 0 {
            fence(SeqCst);
            if more() {
                self.wake_one();
            }
        }
    }

    /// Sleeps until it is woken, as worker `number`, which was searching and is so again
    /// afterwards. `look` looks once more whether there is something to do.
    ///
    /// # Blocking
    /// Until somebody has work for it, or has called [`wake`](Self::wake), or nothing will come any
    /// more.
    ///
    /// # Memory ordering
    /// The fence stands between being counted as asleep and the last look at the queues. Its
    /// partners are the Release of each worker that has found something before, and the fence of
    /// each that has [queued](Self::queued) something.
    pub(super) fn sleep(&self, number: usize, look: impl FnOnce() -> Look) -> Woken {
        let mut sleepers = self.sleepers();
        sleepers.push(number);
        self.word.fetch_add(ASLEEP.wrapping_sub(SEARCHING), Relaxed);
        fence(SeqCst);
        // In the first two cases nobody has taken it off the list: the list is locked.
        match look() {
            Look::Work => {
                sleepers.pop();
                self.word.fetch_add(SEARCHING.wrapping_sub(ASLEEP), Relaxed);
                return Woken::Searching;
            }
            Look::End => {
                sleepers.pop();
                self.word.fetch_sub(ASLEEP, Relaxed);
                return Woken::Ended;
            }
            Look::Nothing => {}
        }
        while sleepers.contains(&number) {
            sleepers = self.condvars[number].wait(sleepers).unwrap_or_else(PoisonError::into_inner);
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
        all.into_iter().for_each(|number| self.condvars[number].notify_one());
    }

    /// Counts a worker that was taken off the list as searching, from now on: who submits next need
    /// not wake another.
    fn rise(&self, sleepers: MutexGuard<'_, Vec<usize>>, number: usize) {
        // Relaxed: the lock orders it against whoever falls asleep.
        self.word.fetch_add(SEARCHING.wrapping_sub(ASLEEP), Relaxed);
        drop(sleepers);
        self.condvars[number].notify_one();
    }

    fn sleepers(&self) -> MutexGuard<'_, Vec<usize>> {
        self.asleep.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn asleep(word: u64) -> u64 {
    word % SEARCHING
}

fn searching(word: u64) -> u64 {
    word / SEARCHING
}
