//! What becomes of a worker's panic: it ends that thread alone, and reaches whoever joins it as an
//! error. Nobody else hears of it.

use std::panic::panic_any;

use super::lane::start;
use super::sync::mpsc::{Sender, channel};
use super::thread::JoinHandle;
use super::{Tally, message, wait_for};

/// What the second worker throws instead of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge(pub u32);

/// Joins a worker that panics, and returns the text of its panic.
///
/// # Panics
/// If the worker has come to a good end.
pub fn heard() -> String {
    let (thread, _) = start_worker(|number| panic!("{number} is too large"));
    let payload = wait_for(thread).expect_err("the worker panics at 3");
    message(&*payload).expect("it panics with a text").to_owned()
}

/// Joins a worker that throws a value of its own, and returns that.
///
/// # Panics
/// If the worker has come to a good end.
pub fn heard_as_it_was_thrown() -> TooLarge {
    let (thread, _) = start_worker(|number| panic_any(TooLarge(number)));
    let payload = wait_for(thread).expect_err("the worker panics at 3");
    *payload.downcast().expect("it throws that")
}

/// Drops the handle. The worker panics and is gone; all that shows it is that its last word is
/// missing. Returns how many words came.
pub fn unheard() -> usize {
    let (thread, words) = start_worker(|number| panic!("{number} is too large"));
    drop(thread);
    // It ends when the worker's sender is dropped, which a panic does as well.
    words.into_iter().count()
}

/// Starts a worker that adds up 1 to 5 and says a word after each, and comes to grief at 3.
fn start_worker(
    fail: impl Fn(u32) + Send + 'static,
) -> (JoinHandle<Tally>, super::sync::mpsc::Receiver<Tally>) {
    let (sender, words) = channel();
    (start("worker", move || run(Tally::default(), &sender, fail)), words)
}

fn run(mut tally: Tally, words: &Sender<Tally>, fail: impl Fn(u32)) -> Tally {
    for number in 1..=5 {
        if number == 3 {
            fail(number);
        }
        tally.add(number);
        // Nobody has to listen.
        let _ = words.send(tally);
    }
    tally
}
