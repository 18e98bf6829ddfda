//! A lock that returns an error before a thread would wait for ever, from a wait-for graph.
//!
//! Each lock notes its holder; each thread that has to wait notes for which lock, in a graph behind
//! one lock, and then follows it: lock → holder → the lock that the holder waits for → …, until the
//! chain ends or comes back. Only a thread that has to wait pays: a free lock costs a `try_lock` and
//! two stores.
//!
//! **It misses no deadlock.** A thread notes its wait under the graph's lock, after it has noted
//! itself as the holder of what it holds. So the last thread of a cycle to note its wait sees all
//! the other notes.
//!
//! **It reports none that is not.** The asker reads its own number only from a lock that it does
//! hold. Backwards from there: a thread that is noted as waiting for a held lock really waits, and
//! cannot have released what it holds; and its number, read in a lock's note, is no leftover, since a
//! holder takes its note back before it releases the lock, and so before any later wait of its own.
//!
//! # Memory ordering
//! The notes of a holder are `Relaxed`. They are read under the graph's lock by a thread that has
//! found the holder's wait there, and the holder wrote them before it put that wait there: the
//! lock's release and acquire lie in between. Where the holder has noted no wait, what is read does
//! not matter: the chain ends. Loom checks it (`tests/it/checked_mutex.rs`); what it does not see
//! is `acquired_at`, a crossbeam `AtomicCell`, which only names a line.
//!
//! ```
//! use deadlock::real::checked_mutex::WaitGraph;
//!
//! let graph = WaitGraph::default();
//! let account = graph.mutex("account", 100);
//! let balance = account.lock()?;
//! // std's mutex would hang here; this one names the threads, the locks and the lines.
//! let refused = account.lock().unwrap_err();
//! assert_eq!(refused.cycle[0].wants, "account");
//! # drop(balance);
//! # Ok::<(), deadlock::real::checked_mutex::WouldDeadlock>(())
//! ```
//!
//! # When not
//! Where one order for all locks can be kept, that costs nothing and needs no way back.
//! `parking_lot`'s detector (feature `deadlock_detection`) finds cycles of its own locks after the
//! fact, and names the threads with backtraces.

use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use crossbeam_utils::atomic::AtomicCell;

use super::sync::atomic::{AtomicU64, Ordering::Relaxed};
use super::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use super::{thread, thread_local};

/// A wait-for graph. Locks that may be held together are made by one graph.
#[derive(Clone, Default)]
pub struct WaitGraph {
    waits: Arc<Mutex<HashMap<u64, Wait>>>,
}

/// A thread's wait, noted for as long as it lasts.
#[derive(Clone, Debug)]
struct Wait {
    thread: String,
    lock: Arc<Note>,
    at: Place,
}

/// A lock's note of its holder. Only the holder writes to it.
#[derive(Debug)]
struct Note {
    name: String,
    /// The holder's number, or 0.
    holder: AtomicU64,
    acquired_at: AtomicCell<Option<Place>>,
}

type Place = &'static Location<'static>;

/// A mutex whose `lock` returns an error where it would never return.
pub struct CheckedMutex<T> {
    value: Mutex<T>,
    note: Arc<Note>,
    graph: WaitGraph,
}

/// A held [`CheckedMutex`]; dropping it releases the lock.
#[derive(Debug)]
pub struct CheckedGuard<'a, T> {
    note: &'a Note,
    value: MutexGuard<'a, T>,
}

/// A cycle of waits that acquiring a lock would have closed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct WouldDeadlock {
    /// The threads of the cycle, beginning with the one that asked; each waits for what the next one
    /// holds.
    pub cycle: Vec<Link>,
}

/// One thread of a cycle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The thread's name.
    pub thread: String,
    /// The lock that it waits for.
    pub wants: String,
    /// Where it asked.
    pub asked_at: Place,
    /// Where the next thread of the cycle acquired that lock.
    pub acquired_at: Option<Place>,
}

impl fmt::Display for WouldDeadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let links = self
            .cycle
            .iter()
            .map(|link| format!("{} wants {} ({})", link.thread, link.wants, link.asked_at));
        write!(f, "to wait would close a cycle: {}", links.collect::<Vec<_>>().join("; "))
    }
}

impl fmt::Debug for WaitGraph {
    /// Prints no waits: to read them, it would have to hold the graph's lock while it writes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitGraph").finish_non_exhaustive()
    }
}

impl<T: fmt::Debug> fmt::Debug for CheckedMutex<T> {
    /// Prints the value if the lock is free, else `<locked>`. Meanwhile this thread is noted as the
    /// holder: a value whose own `Debug` asks for the lock is refused, and does not wait for
    /// itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lock = f.debug_struct("CheckedMutex");
        lock.field("name", &self.note.name);
        match self.try_lock(Location::caller()) {
            Some(value) => lock.field("value", &*value),
            None => lock.field("value", &format_args!("<locked>")),
        };
        lock.finish_non_exhaustive()
    }
}

impl WaitGraph {
    /// Returns a lock under a name.
    pub fn mutex<T>(&self, name: &str, value: T) -> CheckedMutex<T> {
        let note = Note {
            name: name.to_owned(),
            holder: AtomicU64::new(0),
            acquired_at: AtomicCell::new(None),
        };
        CheckedMutex { value: Mutex::new(value), note: Arc::new(note), graph: self.clone() }
    }

    /// Notes that this thread waits, unless that would close a cycle.
    fn wait(&self, me: u64, lock: &Arc<Note>, at: Place) -> Result<(), WouldDeadlock> {
        let thread = thread::current().name().unwrap_or("unnamed").to_owned();
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let mut cycle = Vec::new();
        let mut wait = Wait { thread, lock: Arc::clone(lock), at };
        waits.insert(me, wait.clone());
        loop {
            let (holder, acquired_at) =
                (wait.lock.holder.load(Relaxed), wait.lock.acquired_at.load());
            cycle.push(Link {
                thread: wait.thread,
                wants: wait.lock.name.clone(),
                asked_at: wait.at,
                acquired_at,
            });
            if holder == me {
                waits.remove(&me);
                return Err(WouldDeadlock { cycle });
            }
            match waits.get(&holder) {
                // A cycle that this thread is not in is another thread's to report.
                Some(next) if cycle.len() <= waits.len() => wait = next.clone(),
                _ => return Ok(()),
            }
        }
    }

    fn waited(&self, me: u64) {
        self.waits.lock().unwrap_or_else(PoisonError::into_inner).remove(&me);
    }
}

impl<T> CheckedMutex<T> {
    /// Acquires the lock, and waits for it unless that would be for ever. A lock that a panic
    /// poisoned is acquired as well.
    ///
    /// # Fairness
    /// That of std's mutex: none is promised.
    ///
    /// # Errors
    /// [`WouldDeadlock`] names the cycle; the lock is not acquired, and what the caller holds it still
    /// holds.
    #[inline]
    #[track_caller]
    pub fn lock(&self) -> Result<CheckedGuard<'_, T>, WouldDeadlock> {
        let at = Location::caller();
        self.try_lock(at).map_or_else(|| self.wait(at), Ok)
    }

    #[cold]
    fn wait(&self, at: Place) -> Result<CheckedGuard<'_, T>, WouldDeadlock> {
        let me = thread_number();
        self.graph.wait(me, &self.note, at)?;
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        self.graph.waited(me);
        Ok(self.held(value, at))
    }

    #[inline]
    fn try_lock(&self, at: Place) -> Option<CheckedGuard<'_, T>> {
        match self.value.try_lock() {
            Ok(value) => Some(self.held(value, at)),
            Err(TryLockError::Poisoned(poisoned)) => Some(self.held(poisoned.into_inner(), at)),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    #[inline]
    fn held<'a>(&'a self, value: MutexGuard<'a, T>, at: Place) -> CheckedGuard<'a, T> {
        let note = &*self.note;
        note.holder.store(thread_number(), Relaxed);
        note.acquired_at.store(Some(at));
        CheckedGuard { note, value }
    }
}

impl<T> Drop for CheckedGuard<'_, T> {
    /// Takes the note back; then the field `value` is dropped, which releases the lock.
    #[inline]
    fn drop(&mut self) {
        self.note.holder.store(0, Relaxed);
    }
}

impl<T> Deref for CheckedGuard<'_, T> {
    type Target = T;
    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for CheckedGuard<'_, T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}

/// Returns the number of this thread, from 1 on.
///
/// The thread-local has no destructor, so a lock works in the destructor of another one. On a
/// system whose thread-locals all have a destructor, a thread has a new number each time after that,
/// and one that waits for itself is not told.
#[inline]
fn thread_number() -> u64 {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
    thread_local! {
        static ME: u64 = NEXT.fetch_add(1, Relaxed);
    }
    ME.try_with(|me| *me).unwrap_or_else(|_| NEXT.fetch_add(1, Relaxed))
}
