//! Locks that note in which orders they were ever held together, and report a lock-order inversion on
//! a run in which nothing went wrong.
//!
//! An edge A → B means that some thread acquired B while it held A. A cycle of edges is a
//! suspicion: if nothing else keeps the threads apart (a third lock, a join), some schedule
//! deadlocks, whether or not any has. The price: every lock that is acquired while another is held
//! looks whether it came after that one the last time, and at the graph if not; and a harmless
//! lock-order inversion is reported as well.
//!
//! Of the locks that a thread holds, only the one that it acquired last gets an edge to the next
//! one: from the others, a chain of edges leads there already. (To one that was only tried, as
//! `Debug` does, no edge leads: then those before it get one as well.) So the graph never has a
//! cycle, and one search answers for all locks that are held.
//!
//! The crate tracing-mutex works so, and forgets a lock's edges when the lock is dropped; here they
//! stay for as long as the graph lives. Linux's lockdep notes *classes* of locks in place of single
//! ones (all inodes' locks are one), so that it also sees an inversion between two other locks of
//! the same classes.
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
//! // There is no other thread, and nothing would happen; on another day it might.
//! assert!(a.lock().is_err());
//! # Ok::<(), deadlock::ordered_mutex::Inversion>(())
//! ```
//!
//! `checked_mutex.rs` has the same interface: the difference is what is noted (orders, for ever, in
//! place of waits, while they last).

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::iter::successors;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

mod held;

use held::Held;

/// A line of the source.
pub type Place = &'static Location<'static>;

/// A lock graph: the orders seen so far. Locks that may be held together are made by one graph.
#[derive(Clone)]
pub struct OrderGraph {
    number: usize,
    locks: Arc<Mutex<Locks>>,
}

/// The locks of a graph, by their numbers.
type Locks = Vec<Node>;

/// A lock, and the orders that begin with it, by their second lock.
struct Node {
    name: Arc<str>,
    orders: BTreeMap<usize, Order>,
}

/// One lock acquired while another was held, and by which thread.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The thread.
    pub thread: String,
    /// The lock that it held.
    pub first: Taken,
    /// The lock that it acquired after that.
    pub then: Taken,
}

/// A lock, and where it was acquired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The lock's name.
    pub lock: Arc<str>,
    /// The line.
    pub at: Place,
}

/// Orders that contradict each other.
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
        write!(
            f,
            "{thread} acquired {} ({}), then {} ({})",
            first.lock, first.at, then.lock, then.at
        )
    }
}

impl fmt::Display for Inversion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "lock-order inversion: {}", self.now)?;
        self.before.iter().try_for_each(|before| write!(f, "; before, {before}"))
    }
}

/// A mutex whose `lock` returns an error where it would contradict an order seen before.
pub struct OrderedMutex<T> {
    number: usize,
    name: Arc<str>,
    /// The lock after which this one was acquired when that was last noted, or `NONE`: the graph,
    /// which forgets no order, need not be asked about it again.
    known_after: AtomicUsize,
    value: Mutex<T>,
    graph: OrderGraph,
}

const NONE: usize = usize::MAX;

/// A held [`OrderedMutex`]; dropping it releases the lock.
#[derive(Debug)]
pub struct OrderedGuard<'a, T> {
    lock: usize,
    graph: usize,
    value: MutexGuard<'a, T>,
}

impl Default for OrderGraph {
    fn default() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        Self { number: NEXT.fetch_add(1, Relaxed), locks: Arc::default() }
    }
}

impl OrderGraph {
    /// Returns a lock under a name.
    pub fn mutex<T>(&self, name: &str, value: T) -> OrderedMutex<T> {
        let (name, mut locks) = (Arc::from(name), self.locks());
        let number = locks.len();
        locks.push(Node { name: Arc::clone(&name), orders: BTreeMap::new() });
        let (known_after, value) = (AtomicUsize::new(NONE), Mutex::new(value));
        OrderedMutex { number, name, known_after, value, graph: self.clone() }
    }

    fn locks(&self) -> MutexGuard<'_, Locks> {
        self.locks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for OrderGraph {
    /// Prints no orders: to read them, it would have to hold the graph's lock while it writes.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderGraph").finish_non_exhaustive()
    }
}

impl<T: fmt::Debug> fmt::Debug for OrderedMutex<T> {
    /// Prints the value if the lock is free, else `<locked>`. Meanwhile this thread is noted as the
    /// holder: a value whose own `Debug` asks for the lock is refused, and does not wait for
    /// itself.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lock = f.debug_struct("OrderedMutex");
        lock.field("name", &self.name);
        let value = match self.value.try_lock() {
            Err(TryLockError::WouldBlock) => {
                lock.field("value", &format_args!("<locked>"));
                return lock.finish_non_exhaustive();
            }
            Ok(value) => value,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        };
        let _ = held::add(self.held(Location::caller(), true), |_| Ok::<_, ()>(()));
        lock.field("value", &*self.guard(value)).finish_non_exhaustive()
    }
}

/// Finds the shortest chain of orders that leads from one lock to one of several, breadth first;
/// returns its end as well.
fn chain<'a>(locks: &Locks, from: usize, to: &[&'a Held]) -> Option<(&'a Held, Vec<Order>)> {
    let mut reached_by = HashMap::new();
    let mut next = VecDeque::from([from]);
    while let Some(first) = next.pop_front() {
        for (&then, order) in &locks[first].orders {
            if reached_by.contains_key(&then) {
                continue;
            }
            reached_by.insert(then, (first, order));
            next.push_back(then);
            if let Some(end) = to.iter().find(|held| held.lock == then) {
                let way_back = successors(Some(reached_by[&then]), |(first, _)| {
                    reached_by.get(first).copied()
                });
                let mut chain: Vec<_> = way_back.map(|(_, order)| order.clone()).collect();
                chain.reverse();
                return Some((end, chain));
            }
        }
    }
    None
}

impl<T> OrderedMutex<T> {
    /// Waits for the lock and acquires it, also if a panic poisoned it.
    ///
    /// It works in the destructor of a thread-local, too, whichever thread-locals are gone by then.
    ///
    /// # Blocking
    /// Until the lock is free: this lock reports orders, and lets a deadlock happen that it has not
    /// seen coming.
    ///
    /// # Errors
    /// [`Inversion`] names the orders that contradict each other, whether or not a thread waits now;
    /// the lock is not acquired.
    #[track_caller]
    pub fn lock(&self) -> Result<OrderedGuard<'_, T>, Inversion> {
        let at = Location::caller();
        held::add(self.held(at, false), |held| self.note(held, at))?;
        Ok(self.guard(self.value.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn held(&self, at: Place, tried: bool) -> Held {
        Held { lock: self.number, graph: self.graph.number, at, tried }
    }

    fn guard<'a>(&self, value: MutexGuard<'a, T>) -> OrderedGuard<'a, T> {
        OrderedGuard { lock: self.number, graph: self.graph.number, value }
    }

    /// Notes that this lock is acquired after those held, unless a chain of orders leads from it to
    /// one of them.
    ///
    /// # Memory ordering
    /// Relaxed: nothing follows from `known_after` but that the graph has the order, and has it for
    /// ever. What another thread has acquired is visible by way of the locks themselves.
    fn note(&self, held: &[Held], at: Place) -> Result<(), Inversion> {
        let last = held.iter().rfind(|held| held.graph == self.graph.number);
        match last {
            Some(last) if last.tried || last.lock != self.known_after.load(Relaxed) => {
                self.ask(last, held, at)
            }
            _ => Ok(()),
        }
    }

    #[cold]
    fn ask(&self, last: &Held, held: &[Held], at: Place) -> Result<(), Inversion> {
        let mut locks = self.graph.locks();
        if last.tried || !locks[last.lock].orders.contains_key(&self.number) {
            let order = |held: &Held| {
                let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
                let first = Taken { lock: Arc::clone(&locks[held.lock].name), at: held.at };
                Order { thread, first, then: Taken { lock: Arc::clone(&self.name), at } }
            };
            let held: Vec<_> = held.iter().filter(|held| held.graph == last.graph).collect();
            if let Some(again) = held.iter().find(|held| held.lock == self.number) {
                return Err(Inversion { now: order(again), before: Vec::new() });
            }
            if let Some((contradicted, before)) = chain(&locks, self.number, &held) {
                return Err(Inversion { now: order(contradicted), before });
            }
            let from = held.iter().rposition(|held| !held.tried).unwrap_or(0);
            let orders = held[from..].iter().map(|held| (held.lock, order(held)));
            for (first, order) in orders.collect::<Vec<_>>() {
                locks[first].orders.entry(self.number).or_insert(order);
            }
        }
        self.known_after.store(last.lock, Relaxed);
        Ok(())
    }
}

impl<T> Drop for OrderedGuard<'_, T> {
    /// Takes the note back; then the field `value` is dropped, which releases the lock.
    fn drop(&mut self) {
        held::remove(self.lock, self.graph);
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
