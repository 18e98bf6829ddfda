//! What becomes of a worker's panic: it ends that thread alone, and its `join` returns it as an error.
//! Without a join, it is lost.

use std::panic::panic_any;

use super::lane::start;
use super::sync::mpsc::{Sender, channel};
use super::thread::JoinHandle;
use super::{Total, message, wait_for};

/// The payload that the second worker panics with instead of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge(pub u32);

/// Joins a worker that panics; returns the text of its panic.
pub fn heard() -> String {
    let (thread, _) = start_worker(|number| panic!("{number} is too large"));
    let payload = wait_for(thread).expect_err("the worker panics at 3");
    message(&*payload).expect("it panics with a text").to_owned()
}

/// Joins a worker that panics with a value of its own; returns that.
pub fn heard_as_it_was_thrown() -> TooLarge {
    let (thread, _) = start_worker(|number| panic_any(TooLarge(number)));
    let payload = wait_for(thread).expect_err("the worker panics at 3");
    *payload.downcast().expect("it throws that")
}

/// Drops the handle. The worker panics and is gone; all that shows it is that its last totals are
/// missing. Returns how many came.
pub fn unheard() -> usize {
    let (thread, totals) = start_worker(|number| panic!("{number} is too large"));
    drop(thread);
    // It ends when the worker's sender is dropped, which a panic does as well.
    totals.into_iter().count()
}

/// Starts a worker that adds up 1 to 5, sends each total, and fails at 3.
fn start_worker(
    fail: impl Fn(u32) + Send + 'static,
) -> (JoinHandle<Total>, super::sync::mpsc::Receiver<Total>) {
    let (sender, totals) = channel();
    (start("worker", move || run(Total::default(), &sender, fail)), totals)
}

fn run(mut total: Total, totals: &Sender<Total>, fail: impl Fn(u32)) -> Total {
    for number in 1..=5 {
        if number == 3 {
            fail(number);
        }
        total.add(number);
        // There may be no receiver.
        let _ = totals.send(total);
    }
    total
}
