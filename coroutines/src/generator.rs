//! A producer and a consumer that take turns on one thread: each value is consumed before the next
//! one is made.
//!
//! All variants have a producer, an iterator that makes 0 to 4 and notes what it does. What has to
//! survive between two calls of `next` is kept in a struct in two of them, drawn by hand or by the
//! compiler (stackless), and on a stack of its own in the third (stackful).
//!
//! Spans are made here and never entered: a thread's stack of entered spans knows nothing of a
//! second call stack, and would attribute what one of them entered to the other.

use std::cell::RefCell;
use std::rc::Rc;
use std::thread::{self, ThreadId};
use std::time::Duration;

use tracing::info_span;

pub mod async_fn;
pub mod delegate;
pub mod send;
pub mod stackful;
pub mod state_machine;

/// The number of values that are made.
pub const COUNT: u32 = 5;

/// A log of events in order, each with its thread.
#[derive(Clone, Debug)]
pub struct Log {
    noted: Rc<RefCell<Vec<(String, ThreadId)>>>,
    /// How long it takes to make or to take a value, to be seen in the lanes.
    pace: Duration,
}

impl Log {
    /// Returns an empty log.
    pub fn new(pace: Duration) -> Self {
        Self { noted: Rc::default(), pace }
    }

    /// Returns the events so far.
    pub fn events(&self) -> Vec<String> {
        self.noted.borrow().iter().map(|(event, _)| event.clone()).collect()
    }

    fn note(&self, event: impl Into<String>) {
        self.noted.borrow_mut().push((event.into(), thread::current().id()));
    }

    fn make(&self, value: u32) {
        let _runs = info_span!("runs", lane = "producer", what = value);
        self.note(format!("producer makes {value}"));
        thread::sleep(self.pace);
    }

    fn take(&self, value: u32) {
        let _runs = info_span!("runs", lane = "consumer", what = value);
        self.note(format!("consumer takes {value}"));
        thread::sleep(self.pace);
    }
}

/// A value whose destructor notes the producer's end. Each producer holds one from its start to its
/// end, across all yields.
#[derive(Debug)]
struct Ending(Log);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.note("producer ends");
    }
}

/// Consumes what the producer makes, value by value; returns the number of threads that it all was
/// on.
pub fn consume(log: &Log, mut producer: impl Iterator<Item = u32>) -> usize {
    loop {
        log.note("consumer asks");
        let waits = info_span!("waits", lane = "consumer", what = "producer");
        let value = producer.next();
        drop(waits);
        let Some(value) = value else { break };
        log.take(value);
    }
    let mut threads: Vec<_> = log.noted.borrow().iter().map(|noted| noted.1).collect();
    threads.dedup();
    threads.len()
}

/// Returns the events that have to come out: the two take turns, and each value is made on demand.
pub fn expected() -> Vec<String> {
    let own = str::to_owned;
    let turn = |value| {
        [own("consumer asks"), format!("producer makes {value}"), format!("consumer takes {value}")]
    };
    (0..COUNT).flat_map(turn).chain(["consumer asks", "producer ends"].map(own)).collect()
}
