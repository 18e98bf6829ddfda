//! When a worker parks, and which thread wakes it: the part of the pool in which a wake-up can be
//! lost.
//!
//! A wake-up costs a system call, which a submit avoids where it can: if a worker is searching
//! already, it will find this job too. One word counts how many workers are *asleep* (parked), and
//! how many are *searching*.
//!
//! # Why no wake-up is lost
//! A submitter queues the job *before* it loads the word, and a worker looks at the queues *after*
//! it was counted as asleep. So one of the two sees the other: either the submitter sees the
//! sleeper, and wakes it, or the sleeper sees the job. What orders it differs:
//!
//! - From outside, the job is queued under the lock of the injector, and the sleeper looks under the
//!   same lock. If the sleeper was first, its unlock happens before the submitter's lock, and so
//!   does the count.
//! - A worker's own deque has no lock. There a `SeqCst` fence is between the two steps of each. Only
//!   a [fork](super::worker::Worker::fork) does without: the worker waits for that job itself.
//!
//! What is left are the wake-ups that were omitted because a worker was searching. That worker owes
//! them: the last one to stop searching looks at the queues *after* it was counted out, and if there
//! is more, wakes the next, which is searching then, and owes the same.
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
/// Added to the word when a worker that was asleep is searching.
const RISE: u64 = SEARCHING - ASLEEP;

/// The count of workers that are asleep and searching, and what they sleep on.
///
/// A cache line of its own: it is read at every submit.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Sleep {
    word: AtomicU64,
    /// The numbers of those that sleep; the last one, whose cache is still warm, is woken first.
    asleep: Mutex<Vec<usize>>,
    /// A condition variable for each worker.
    condvars: Box<[Condvar]>,
}

impl Sleep {
    pub(super) fn new(workers: usize) -> Self {
        let condvars = (0..workers).map(|_| Condvar::new()).collect();
        Self { word: AtomicU64::new(0), asleep: Mutex::new(Vec::with_capacity(workers)), condvars }
    }

    /// Wakes a worker, if one is asleep and none is searching.
    ///
    /// # Memory ordering
    /// Relaxed: for a job that was queued under a lock, under which workers look before they sleep,
    /// the count of a worker that held that lock before, and found nothing, is visible here.
    #[inline]
    pub(super) fn wake_if_nobody_looks(&self) {
        let word = self.word.load(Relaxed);
        if asleep(word) > 0 && searching(word) == 0 {
            self.wake_one();
        }
    }

    /// Wakes a worker, if need be, for jobs that a worker has put into its own deque.
    ///
    /// # Memory ordering
    /// The fence stands between queueing the job and the look at the word; its partners stand in
    /// [`sleep`](Self::sleep) and [`found`](Self::found), between a change of the word and the look
    /// at the queues. One of the two sees what the other has written. A read-modify-write of the word
    /// would do as well, but all workers would contend for it at each job.
    pub(super) fn queued(&self) {
        fence(SeqCst);
        self.wake_if_nobody_looks();
    }

    pub(super) fn search(&self) {
        // Relaxed: a submitter that sees it leaves the wake-up to `found` or `sleep`, which look
        // again.
        self.word.fetch_add(SEARCHING, Relaxed);
    }

    /// Counts a worker that has found a job as searching no more; `more` looks whether there is more.
    ///
    /// # Memory ordering
    /// The fence stands between being counted out and the look at the queues. Its partner is the
    /// fence of each worker that has [queued](Self::queued) something: a job whose wake-up
    /// was omitted is seen by `more`. Release: a worker that falls asleep after this sees what this
    /// one has moved to its own deque.
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
    /// afterwards; not, if `look` sees once more that there is something to do.
    ///
    /// # Memory ordering
    /// The fence stands between being counted as asleep and the last look at the queues. Its
    /// partners are the Release of each worker that has found something before, and the fence of
    /// each that has [queued](Self::queued) something.
    pub(super) fn sleep(&self, number: usize, look: impl FnOnce() -> bool) {
        let mut sleepers = self.sleepers();
        sleepers.push(number);
        self.word.fetch_sub(RISE, Relaxed);
        fence(SeqCst);
        if look() {
            // It is still the last on the list: the list is locked.
            sleepers.pop();
            self.word.fetch_add(RISE, Relaxed);
            return;
        }
        while sleepers.contains(&number) {
            sleepers = self.condvars[number].wait(sleepers).unwrap_or_else(PoisonError::into_inner);
        }
    }

    pub(super) fn wake(&self, number: usize) {
        let mut sleepers = self.sleepers();
        if let Some(at) = sleepers.iter().position(|&asleep| asleep == number) {
            sleepers.remove(at);
            self.rise(sleepers, number);
        }
    }

    /// Wakes a worker, unless one has begun to search meanwhile.
    #[cold]
    #[inline(never)]
    fn wake_one(&self) {
        let mut sleepers = self.sleepers();
        // Under the lock, so that two submitters do not wake two workers for one job.
        if searching(self.word.load(Relaxed)) == 0
            && let Some(number) = sleepers.pop()
        {
            self.rise(sleepers, number);
        }
    }

    pub(super) fn wake_all(&self) {
        (0..self.condvars.len()).for_each(|number| self.wake(number));
    }

    /// Counts a worker that was taken off the list as searching, from now on: the next submitter need
    /// not wake another.
    fn rise(&self, sleepers: MutexGuard<'_, Vec<usize>>, number: usize) {
        // Relaxed: the lock orders it against a worker that falls asleep.
        self.word.fetch_add(RISE, Relaxed);
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
