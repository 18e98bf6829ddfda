//! Locks that remember in which order they were ever taken together, and report an order turned round on a run in which
//! nothing went wrong.
//!
//! An edge A → B says: some thread took B while it held A. A circle of edges is a suspicion: if nothing else keeps the
//! threads apart (a third lock, a join), some schedule deadlocks, whether or not any has. The price: every lock that is taken
//! while another is held looks at the graph, and an order that is turned round harmlessly is reported as well.
//!
//! The crate tracing-mutex works so, and forgets a lock's edges when the lock is dropped; here they stay. Linux's lockdep notes
//! *classes* of locks in place of single ones (all inodes' locks are one), so that it also sees an order turned round between
//! two others of a kind.
//!
//! ```
//! use deadlock::ordered_mutex::OrderGraph;
//!
//! let graph = OrderGraph::default();
//! let (a, b) = (graph.mutex("A", 0), graph.mutex("B", 0));
//! {
//!     let _a = a.lock()?;
//!     let _b = b.lock()?;
//! }
//! let _b = b.lock()?;
//! // Nobody else is there, and nothing would happen; on another day it might.
//! assert!(a.lock().is_err());
//! # Ok::<(), deadlock::ordered_mutex::Inversion>(())
//! ```
//!
//! It has the shape of `checked_mutex.rs`: the difference is what is noted (orders, for ever, in place of waits, while they last).

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A line of the source.
pub type Place = &'static Location<'static>;

thread_local! {
    /// The locks that this thread holds.
    static HELD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
}

/// A lock that a thread holds, and where it took it.
#[derive(Clone, Debug)]
struct Held {
    number: u64,
    name: Arc<str>,
    at: Place,
}

/// The orders seen so far. Locks that may be held together are made by one graph.
#[derive(Clone, Debug, Default)]
pub struct OrderGraph {
    edges: Arc<Mutex<HashMap<(u64, u64), Order>>>,
}

/// Says that one lock was taken while another was held, and by whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The thread.
    pub thread: String,
    /// The lock that it held.
    pub first: Taken,
    /// The lock that it took after that.
    pub then: Taken,
}

/// Says which lock was taken, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The lock's name.
    pub lock: Arc<str>,
    /// The line.
    pub at: Place,
}

/// Names orders that contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Inversion {
    /// What this thread was about to do.
    pub now: Order,
    /// What was done before; each order's second lock is the next one's first.
    pub before: Vec<Order>,
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { thread, first, then } = self;
        write!(f, "{thread} took {} ({}), then {} ({})", first.lock, first.at, then.lock, then.at)
    }
}

impl fmt::Display for Inversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the order is turned round: {}", self.now)?;
        self.before.iter().try_for_each(|before| write!(f, "; before, {before}"))
    }
}

/// A mutex whose `lock` returns an error where it would contradict an order seen before.
#[derive(Debug)]
pub struct OrderedMutex<T> {
    number: u64,
    name: Arc<str>,
    value: Mutex<T>,
    graph: OrderGraph,
}

/// Holds an [`OrderedMutex`]; dropping it gives the lock back.
#[derive(Debug)]
pub struct OrderedGuard<'a, T> {
    number: u64,
    value: MutexGuard<'a, T>,
}

impl OrderGraph {
    /// Makes a lock under a name.
    pub fn mutex<T>(&self, name: &str, value: T) -> OrderedMutex<T> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Relaxed);
        OrderedMutex { number, name: name.into(), value: Mutex::new(value), graph: self.clone() }
    }
}

/// Finds a chain of orders from one lock to another.
fn chain(edges: &HashMap<(u64, u64), Order>, from: u64, to: u64) -> Option<Vec<Order>> {
    fn follow(
        edges: &HashMap<(u64, u64), Order>,
        from: u64,
        to: u64,
        seen: &mut Vec<u64>,
    ) -> Option<Vec<Order>> {
        seen.push(from);
        for ((_, next), order) in edges.iter().filter(|((first, _), _)| *first == from) {
            if *next == to {
                return Some(vec![order.clone()]);
            }
            if !seen.contains(next)
                && let Some(rest) = follow(edges, *next, to, seen)
            {
                return Some([vec![order.clone()], rest].concat());
            }
        }
        None
    }
    follow(edges, from, to, &mut Vec::new())
}

impl<T> OrderedMutex<T> {
    /// Takes the lock, waiting for it. A lock that a panic poisoned is taken as well.
    ///
    /// # Blocking
    /// Until the lock is free: this lock reports orders, and lets a deadlock happen that it has not seen coming.
    ///
    /// # Errors
    /// [`Inversion`] names the orders that contradict each other, whether or not anyone waits now; the lock is not taken.
    #[track_caller]
    pub fn lock(&self) -> Result<OrderedGuard<'_, T>, Inversion> {
        let at = Location::caller();
        HELD.with_borrow(|held| self.note(held, at))?;
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        HELD.with_borrow_mut(|held| {
            held.push(Held { number: self.number, name: Arc::clone(&self.name), at });
        });
        Ok(OrderedGuard { number: self.number, value })
    }

    /// Notes that this lock is taken after those held, unless a chain of orders leads from it to one of them.
    fn note(&self, held: &[Held], at: Place) -> Result<(), Inversion> {
        if held.is_empty() {
            return Ok(());
        }
        let mut edges = self.graph.edges.lock().unwrap_or_else(PoisonError::into_inner);
        let new: Vec<_> =
            held.iter().filter(|held| !edges.contains_key(&(held.number, self.number))).collect();
        let order = |held: &Held| {
            let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
            let first = Taken { lock: Arc::clone(&held.name), at: held.at };
            Order { thread, first, then: Taken { lock: Arc::clone(&self.name), at } }
        };
        // All are looked at before any is noted: a lock that is refused was not taken after anything.
        for &held in &new {
            let back = chain(&edges, self.number, held.number);
            if let Some(before) = if held.number == self.number { Some(Vec::new()) } else { back } {
                return Err(Inversion { now: order(held), before });
            }
        }
        edges.extend(new.into_iter().map(|held| ((held.number, self.number), order(held))));
        Ok(())
    }
}

impl<T> Drop for OrderedGuard<'_, T> {
    fn drop(&mut self) {
        HELD.with_borrow_mut(|held| held.retain(|held| held.number != self.number));
    }
}

impl<T> Deref for OrderedGuard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> DerefMut for OrderedGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.value
    }
}
