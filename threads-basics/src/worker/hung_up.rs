//! The channel is the flag: when its last sender is dropped, the worker's loop ends, once everything
//! that was sent has been received.

use super::lane::start;
use super::sync::mpsc::{Receiver, Sender, channel};
use super::thread::{self, JoinHandle};
use super::{Total, info_span, wait_for};

/// A worker that adds up the numbers that it is sent, until no more can come.
///
/// ```
/// use threads_basics::real::worker::hung_up::Worker;
///
/// let worker = Worker::start();
/// worker.send(2);
/// worker.send(3);
/// assert_eq!(worker.stop().unwrap().sum, 5);
/// ```
#[derive(Debug)]
pub struct Worker {
    numbers: Sender<u32>,
    thread: JoinHandle<Total>,
}

impl Worker {
    /// Starts the worker.
    pub fn start() -> Self {
        let (sender, numbers) = channel();
        let thread = start("worker", move || run(Total::default(), &numbers));
        Self { numbers: sender, thread }
    }

    /// Sends it a number.
    pub fn send(&self, number: u32) {
        // It fails if the worker has panicked, which `stop` returns.
        let _ = self.numbers.send(number);
    }

    /// Drops the sender and joins the worker.
    ///
    /// # Errors
    /// The worker has panicked.
    ///
    /// # Blocking
    /// Until it has added up all that was sent.
    pub fn stop(self) -> thread::Result<Total> {
        let Self { numbers, thread } = self;
        drop(numbers);
        wait_for(thread)
    }
}

fn run(mut total: Total, numbers: &Receiver<u32>) -> Total {
    loop {
        let waits = info_span!("waits", what = "a number", from = "owner");
        let Ok(number) = numbers.recv() else { return total };
        drop(waits);
        total.add(number);
    }
}
