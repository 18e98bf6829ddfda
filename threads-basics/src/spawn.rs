//! A function with four arguments, started on a thread, and the same function called.
//!
//! The events are noted in the order in which they happen, not by a clock. The thread is held back
//! until its parent has done its next step. If to spawn it meant to wait for it, it would be held
//! back for ever: that the lesson ends is the proof.

use std::fmt;
use std::panic::resume_unwind;
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, Builder, ThreadId, sleep};
use std::time::Duration;

use tracing::info_span;

/// A bill: what the function makes of its four arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    /// The name of the customer.
    pub customer: String,
    /// The amount to pay.
    pub total: u32,
    /// The address at which the function found its prices.
    pub prices_at: usize,
}

/// Adds up the prices, takes off a discount in per cent, and adds the freight.
pub fn bill(customer: String, prices: Vec<u32>, discount: u32, freight: u32) -> Bill {
    let sum: u32 = prices.iter().sum();
    Bill {
        customer,
        total: sum - sum * discount / 100 + freight,
        prices_at: prices.as_ptr().addr(),
    }
}

/// An event of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The thread: `parent` or `t1`.
    pub on: &'static str,
    /// What the thread did.
    pub did: &'static str,
}

impl fmt::Display for Event {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.on, self.did)
    }
}

/// The events and the result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The events of both threads, in their order.
    pub events: Vec<Event>,
    /// What the function returned.
    pub bill: Bill,
    /// The address of the parent's prices before they were moved.
    pub prices_at: usize,
}

/// Spawns a thread `t1` that runs the function, goes on, and joins it in the end. Each step lasts for
/// `pace`, so that a picture shows it.
///
/// The parent no longer owns what was moved into the thread:
///
/// ```compile_fail,E0382
/// let prices = vec![20, 30, 10];
/// let thread = std::thread::spawn(move || prices.len());
/// println!("{prices:?}");
/// ```
pub fn started(pace: Duration) -> Ran {
    let journal = Journal::of_the_parent();
    let (customer, prices, discount, freight) = arguments();
    let prices_at = prices.as_ptr().addr();
    let (let_go, held_back) = channel::<()>();

    journal.note("spawns t1");
    let notes = journal.clone();
    let body = move || {
        let waits = info_span!("waits", what = "the parent's step", from = "parent");
        // An error means that the parent has panicked: then there is nothing left to wait for.
        let _ = held_back.recv();
        drop(waits);
        let _runs = info_span!("runs", what = "the bill");
        notes.note("begins");
        let bill = bill(customer, prices, discount, freight);
        sleep(pace);
        notes.note("ends");
        bill
    };
    let t1 = Builder::new()
        .name("t1".into())
        .spawn(body)
        .expect("the system has room for another thread");

    let runs = info_span!("runs", lane = "parent", what = "its next step");
    sleep(pace);
    journal.note("goes on");
    drop(runs);
    // An error means that t1 has panicked, which join returns.
    let _ = let_go.send(());

    let waits = info_span!("waits", lane = "parent", what = "end of t1", from = "t1");
    let bill = t1.join().unwrap_or_else(|panic| resume_unwind(panic));
    drop(waits);
    journal.note("joined");
    Ran { events: journal.read(), bill, prices_at }
}

/// Calls the function: it runs on the parent's own thread, and nothing else happens there meanwhile.
pub fn called(pace: Duration) -> Ran {
    let journal = Journal::of_the_parent();
    let (customer, prices, discount, freight) = arguments();
    let prices_at = prices.as_ptr().addr();

    journal.note("calls");
    let runs = info_span!("runs", lane = "parent", what = "the bill");
    journal.note("begins");
    let bill = bill(customer, prices, discount, freight);
    sleep(pace);
    journal.note("ends");
    drop(runs);
    journal.note("returned");

    let runs = info_span!("runs", lane = "parent", what = "its next step");
    sleep(pace);
    journal.note("goes on");
    drop(runs);
    Ran { events: journal.read(), bill, prices_at }
}

fn arguments() -> (String, Vec<u32>, u32, u32) {
    ("Ada".to_owned(), vec![20, 30, 10], 10, 5)
}

/// A journal of the events of both threads, in one order.
#[derive(Clone)]
struct Journal {
    events: Arc<Mutex<Vec<Event>>>,
    parent: ThreadId,
}

impl Journal {
    fn of_the_parent() -> Self {
        Self { events: Arc::default(), parent: thread::current().id() }
    }

    fn note(&self, did: &'static str) {
        let on = if thread::current().id() == self.parent { "parent" } else { "t1" };
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(Event { on, did });
    }

    fn read(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
