//! Where jobs from outside wait: a queue behind one short lock, out of which a worker takes a whole
//! chunk at once.
//!
//! A submit is a push under the lock: two atomic operations on one word, for one job or for a chunk
//! of them. A worker comes once for many jobs, and in its critical section it exchanges an empty
//! chunk for the one that is being filled; it reads the jobs after the unlock. `closed` is under the
//! same lock: no submit is under way when it is set.

use std::collections::VecDeque;
use std::mem;

use super::sync::atomic::AtomicBool;
use super::sync::atomic::Ordering::Relaxed;
use super::sync::{Mutex, MutexGuard, PoisonError};

/// The jobs in a full chunk: enough for one acquisition of the lock to cost little for each.
const CHUNK: usize = 256;

/// A queue of chunks.
#[derive(Debug)]
#[repr(align(128))]
pub(super) struct Injector<T> {
    state: Mutex<State<T>>,
    hints: Hints,
}

#[derive(Debug)]
struct State<T> {
    full: VecDeque<Vec<T>>,
    /// The chunk that is being filled, with the newest jobs.
    filling: Vec<T>,
    closed: bool,
}

/// What can be seen without the lock, perhaps late. Written where it changes, and not at each push,
/// so that workers that poll it do not take the cache line from the submitters.
#[derive(Debug)]
#[repr(align(128))]
struct Hints {
    any: AtomicBool,
    closed: AtomicBool,
}

impl<T> Injector<T> {
    pub(super) fn new() -> Self {
        let state = State { full: VecDeque::new(), filling: Vec::new(), closed: false };
        let hints = Hints { any: AtomicBool::new(false), closed: AtomicBool::new(false) };
        Self { state: Mutex::new(state), hints }
    }

    /// Queues a job; hands it back once the queue is closed.
    pub(super) fn push(&self, job: T) -> Result<(), T> {
        let mut state = self.lock();
        if state.closed {
            return Err(job);
        }
        state.chunk().push(job);
        self.note_jobs();
        Ok(())
    }

    /// Queues the next jobs, a chunk of them at most; returns false, and takes none, once the queue is
    /// closed.
    pub(super) fn push_chunk(&self, jobs: &mut impl Iterator<Item = T>) -> bool {
        let mut state = self.lock();
        if state.closed {
            return false;
        }
        jobs.take(CHUNK).for_each(|job| state.chunk().push(job));
        self.note_jobs();
        true
    }

    /// Is called under the lock: only its holder writes the hint.
    fn note_jobs(&self) {
        if !self.any() {
            self.hints.any.store(true, Relaxed);
        }
    }

    /// Takes the oldest chunk, in exchange for an empty one; gives the empty one back if there
    /// seems to be none.
    pub(super) fn take(&self, empty: Vec<T>) -> Vec<T> {
        if !self.any() {
            return empty;
        }
        let mut state = self.lock();
        let taken = match state.full.pop_front() {
            Some(full) => full,
            None => mem::replace(&mut state.filling, empty),
        };
        if state.is_empty() {
            self.hints.any.store(false, Relaxed);
        }
        taken
    }

    pub(super) fn drain(&self) -> Vec<T> {
        let mut state = self.lock();
        self.hints.any.store(false, Relaxed);
        let (full, filling) = (mem::take(&mut state.full), mem::take(&mut state.filling));
        drop(state);
        full.into_iter().flatten().chain(filling).collect()
    }

    /// Returns whether there seem to be jobs.
    pub(super) fn any(&self) -> bool {
        self.hints.any.load(Relaxed)
    }

    /// Returns whether there are none, under the lock.
    pub(super) fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    pub(super) fn len(&self) -> usize {
        let state = self.lock();
        state.full.iter().map(Vec::len).sum::<usize>() + state.filling.len()
    }

    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        self.hints.closed.store(true, Relaxed);
    }

    /// Returns whether it is closed; a moment late, perhaps. Once this is true, no job comes any more
    /// that a later look under the lock would not find.
    pub(super) fn is_closed(&self) -> bool {
        self.hints.closed.load(Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> State<T> {
    /// Returns the chunk that is being filled, which has room for a job.
    #[inline]
    fn chunk(&mut self) -> &mut Vec<T> {
        if self.filling.len() == self.filling.capacity() {
            self.begin_chunk();
        }
        &mut self.filling
    }

    // Out of line: a push is to be short, for all wait for the lock.
    #[cold]
    fn begin_chunk(&mut self) {
        let full = mem::replace(&mut self.filling, Vec::with_capacity(CHUNK));
        if !full.is_empty() {
            self.full.push_back(full);
        }
    }

    fn is_empty(&self) -> bool {
        self.full.is_empty() && self.filling.is_empty()
    }
}
