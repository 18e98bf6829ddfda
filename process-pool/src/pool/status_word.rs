//! The status word of a worker.

use std::ops::Deref;

use super::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// The status of a worker in one word, which its death does not destroy.
///
/// | low bits | the task of the number above them | next |
/// | --- | --- | --- |
/// | `RUNS` | is running | `RUNS` of the next, `FINISHED`, `LAST` or `DOOMED` |
/// | `LAST` | is running, and those behind it were returned | `FINISHED` or `DOOMED` |
/// | `FINISHED` | has finished; its answer may not have been sent | `RUNS`, of the next message |
/// | `DOOMED` | has run into its timeout: the worker is about to be killed | |
///
/// The worker's main thread goes on and finishes, its listener makes a task the last, and the
/// watchdog dooms it. Each change from `RUNS` and `LAST` is a compare-and-swap of the one word, so
/// one side wins, and all sides know which. All tasks behind the one that the listener makes the
/// last are the listener's: the main thread cannot go on to them. A worker that finds its task
/// doomed waits for its end, and never sends the answer.
///
/// All is Relaxed: no side reads other memory because of what the word says. Answers are published
/// by the [`Log`](super::answers::Log), and which tasks there are is read under a lock. What is
/// needed is one order of all changes of one word, and that is there for any ordering.
pub(crate) struct StatusWord<W>(W);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaskStatus {
    /// No task was begun.
    Nothing,
    Runs(u64),
    Finished(u64),
    Doomed(u64),
}

const LAST: u64 = 0;
const RUNS: u64 = 1;
const FINISHED: u64 = 2;
const DOOMED: u64 = 3;

impl<W: Deref<Target = AtomicU64>> StatusWord<W> {
    /// Returns the status word in this place, which is 0 at the beginning.
    pub(crate) fn at(place: W) -> Self {
        Self(place)
    }

    pub(crate) fn now(&self) -> TaskStatus {
        match self.0.load(Relaxed) {
            0 => TaskStatus::Nothing,
            word => match word & 3 {
                RUNS | LAST => TaskStatus::Runs(word >> 2),
                FINISHED => TaskStatus::Finished(word >> 2),
                _ => TaskStatus::Doomed(word >> 2),
            },
        }
    }

    /// Marks a task as running, while no other is. Tasks are numbered from 1.
    pub(crate) fn begin(&self, number: u64) {
        self.0.store(number << 2 | RUNS, Relaxed);
    }

    /// Marks the task as finished and the next one as running, in one step; returns false, and does
    /// nothing, if it is the last or doomed.
    #[inline]
    pub(crate) fn go_on(&self, number: u64) -> bool {
        let (this, next) = (number << 2 | RUNS, (number + 1) << 2 | RUNS);
        self.0.compare_exchange(this, next, Relaxed, Relaxed).is_ok()
    }

    /// Marks the task as finished; returns whether those behind it are still to be run, or nothing
    /// if it is doomed.
    pub(crate) fn finish(&self, number: u64) -> Option<bool> {
        let finished = |word| (word != number << 2 | DOOMED).then_some(number << 2 | FINISHED);
        self.0.fetch_update(Relaxed, Relaxed, finished).ok().map(|word| word & 3 == RUNS)
    }

    /// Makes the task that runs the last of its message; returns its number, unless no task runs or
    /// it is the last already.
    pub(crate) fn make_last(&self) -> Option<u64> {
        let last = |word| (word & 3 == RUNS).then_some(word & !3 | LAST);
        self.0.fetch_update(Relaxed, Relaxed, last).ok().map(|word| word >> 2)
    }

    /// Marks the task as doomed; returns false if it is not running any more.
    pub(crate) fn doom(&self, number: u64) -> bool {
        let runs = |word: u64| word & 3 == RUNS || word & 3 == LAST;
        let doomed = |word| (word >> 2 == number && runs(word)).then_some(word | DOOMED);
        self.0.fetch_update(Relaxed, Relaxed, doomed).is_ok()
    }
}
