//! Locks that note in which orders they were ever held together, and report a lock-order inversion on
//! a run in which nothing went wrong.
//!
//! An edge A → B means that some thread acquired B while it held A. A cycle of edges is a
//! suspicion: if nothing else keeps the threads apart (a third lock, a join), some schedule
//! deadlocks, whether or not any has. The price: every lock that is acquired while another is held
//! looks at the graph, and a harmless lock-order inversion is reported as well.
//!
//! Of the locks that a thread holds, only the one that it acquired last gets an edge to the next
//! one: from the others, a chain of edges leads there already. So the graph never has a cycle, and
//! one search answers for all locks that are held.
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

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::panic::Location;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};

mod held;

use held::Held;

/// A line of the source.
pub type Place = &'static Location<'static>;

/// A lock graph: the orders seen so far. Locks that may be held together are made by one graph.
#[derive(Clone, Default)]
pub struct OrderGraph {
    edges: Arc<Mutex<Edges>>,
}

/// The edges of the graph, by the numbers of the locks.
#[derive(Default)]
struct Edges {
    orders: HashMap<(u64, u64), Order>,
    /// The second locks of the orders that begin with a lock.
    after: HashMap<u64, Vec<u64>>,
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
    number: u64,
    name: Arc<str>,
    value: Mutex<T>,
    graph: OrderGraph,
}

/// A held [`OrderedMutex`]; dropping it releases the lock.
#[derive(Debug)]
pub struct OrderedGuard<'a, T> {
    number: u64,
    value: MutexGuard<'a, T>,
}

impl OrderGraph {
    /// Returns a lock under a name.
    pub fn mutex<T>(&self, name: &str, value: T) -> OrderedMutex<T> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let number = NEXT.fetch_add(1, Relaxed);
        OrderedMutex { number, name: name.into(), value: Mutex::new(value), graph: self.clone() }
    }

    /// Returns a number that no other graph alive now has.
    fn id(&self) -> usize {
        Arc::as_ptr(&self.edges).addr()
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
        lock.field("value", &*self.held(value, Location::caller())).finish_non_exhaustive()
    }
}

impl Edges {
    fn add(&mut self, first: u64, then: u64, order: Order) {
        self.orders.insert((first, then), order);
        self.after.entry(first).or_default().push(then);
    }

    /// Finds the shortest chain of orders that leads from one lock to one of several, breadth
    /// first; returns its end as well.
    fn chain<'a>(&self, from: u64, to: &[&'a Held]) -> Option<(&'a Held, Vec<Order>)> {
        let mut reached_from = HashMap::new();
        let mut next = VecDeque::from([from]);
        while let Some(lock) = next.pop_front() {
            for &then in self.after.get(&lock).into_iter().flatten() {
                if reached_from.contains_key(&then) {
                    continue;
                }
                reached_from.insert(then, lock);
                if let Some(end) = to.iter().find(|held| held.number == then) {
                    return Some((end, self.way_back(from, then, &reached_from)));
                }
                next.push_back(then);
            }
        }
        None
    }

    fn way_back(&self, from: u64, to: u64, reached_from: &HashMap<u64, u64>) -> Vec<Order> {
        let (mut orders, mut at) = (Vec::new(), to);
        while at != from {
            let first = reached_from[&at];
            orders.push(self.orders[&(first, at)].clone());
            at = first;
        }
        orders.reverse();
        orders
    }
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
        held::look(|held| self.note(held, at))?;
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.held(value, at))
    }

    /// Notes that this thread has acquired the lock.
    fn held<'a>(&self, value: MutexGuard<'a, T>, at: Place) -> OrderedGuard<'a, T> {
        let (number, graph) = (self.number, self.graph.id());
        held::add(Held { number, graph, name: Arc::clone(&self.name), at });
        OrderedGuard { number, value }
    }

    /// Notes that this lock is acquired after those held, unless a chain of orders leads from it to
    /// one of them.
    fn note(&self, held: &[Held], at: Place) -> Result<(), Inversion> {
        let of_this_graph = |held: &&Held| held.graph == self.graph.id();
        let Some(last) = held.iter().rfind(of_this_graph) else { return Ok(()) };
        let mut edges = self.graph.edges.lock().unwrap_or_else(PoisonError::into_inner);
        if edges.orders.contains_key(&(last.number, self.number)) {
            return Ok(());
        }
        let order = |held: &Held| {
            let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
            let first = Taken { lock: Arc::clone(&held.name), at: held.at };
            Order { thread, first, then: Taken { lock: Arc::clone(&self.name), at } }
        };
        let held: Vec<_> = held.iter().filter(of_this_graph).collect();
        if let Some(again) = held.iter().find(|held| held.number == self.number) {
            return Err(Inversion { now: order(again), before: Vec::new() });
        }
        if let Some((contradicted, before)) = edges.chain(self.number, &held) {
            return Err(Inversion { now: order(contradicted), before });
        }
        edges.add(last.number, self.number, order(last));
        Ok(())
    }
}

impl<T> Drop for OrderedGuard<'_, T> {
    /// Takes the note back; then the field `value` is dropped, which releases the lock.
    fn drop(&mut self) {
        held::remove(self.number);
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
