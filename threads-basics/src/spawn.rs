//! A function with four arguments, started on a thread, and the same function called.
//!
//! The events are noted in the order in which they happen, not by a clock. The thread is held back
//! until its parent has done its next step. If to spawn it meant to wait for it, it would be held
//! back for ever: that the lesson ends is the proof.

use std::sync::mpsc::{Sender, channel};
use std::thread::{self, sleep};

use kit::real::lane::{finish, start};
use tracing::info_span;

use crate::PACE;

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
    let total = sum - sum * discount / 100 + freight;
    Bill { customer, total, prices_at: prices.as_ptr().addr() }
}

/// The events and the result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    /// The events of both threads, in their order; `t1` stands before its own.
    pub events: Vec<String>,
    /// What the function returned.
    pub bill: Bill,
    /// The address of the parent's prices before they were moved.
    pub prices_at: usize,
}

/// Spawns a thread `t1` that runs the function, goes on, and joins it in the end.
///
/// The parent no longer owns what was moved into the thread:
///
/// ```compile_fail,E0382
/// let prices = vec![20, 30, 10];
/// let thread = std::thread::spawn(move || prices.len());
/// println!("{prices:?}");
/// ```
pub fn started() -> Ran {
    let (journal, events) = channel();
    let (customer, prices, discount, freight) = arguments();
    let prices_at = prices.as_ptr().addr();
    let (let_go, held_back) = channel::<()>();

    note(&journal, "spawns t1");
    let notes = journal.clone();
    let t1 = start("t1", move || {
        let waits = info_span!("waits", what = "the parent's step", from = "parent");
        // An error means that the parent has panicked: then there is nothing left to wait for.
        let _ = held_back.recv();
        drop(waits);
        let _runs = info_span!("runs", what = "the bill");
        note(&notes, "begins");
        let bill = bill(customer, prices, discount, freight);
        sleep(PACE);
        note(&notes, "ends");
        bill
    });

    let runs = info_span!("runs", lane = "parent", what = "its next step");
    sleep(PACE);
    note(&journal, "goes on");
    drop(runs);
    // An error means that t1 has panicked, which join returns.
    let _ = let_go.send(());

    let waits = info_span!("waits", lane = "parent", what = "end of t1", from = "t1");
    let bill = finish(t1);
    drop(waits);
    note(&journal, "joined");
    Ran { events: events.try_iter().collect(), bill, prices_at }
}

/// Calls the function: it runs on the parent's own thread, and nothing else happens there meanwhile.
pub fn called() -> Ran {
    let (journal, events) = channel();
    let (customer, prices, discount, freight) = arguments();
    let prices_at = prices.as_ptr().addr();

    note(&journal, "calls");
    let runs = info_span!("runs", lane = "parent", what = "the bill");
    note(&journal, "begins");
    let bill = bill(customer, prices, discount, freight);
    sleep(PACE);
    note(&journal, "ends");
    drop(runs);
    note(&journal, "returned");

    let runs = info_span!("runs", lane = "parent", what = "its next step");
    sleep(PACE);
    note(&journal, "goes on");
    drop(runs);
    Ran { events: events.try_iter().collect(), bill, prices_at }
}

fn arguments() -> (String, Vec<u32>, u32, u32) {
    ("Ada".to_owned(), vec![20, 30, 10], 10, 5)
}

/// Notes an event, behind those that have happened before it.
fn note(journal: &Sender<String>, did: &str) {
    let on_t1 = thread::current().name() == Some("t1");
    let on = if on_t1 { "t1 " } else { "" };
    let _ = journal.send(format!("{on}{did}"));
}
