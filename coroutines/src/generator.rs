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
use std::fmt;
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

/// What the consumer or the producer has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The consumer asks for a value, and so hands control over.
    Asks,
    /// The producer makes a value, and hands control back with it.
    Makes(u32),
    /// The consumer takes a value.
    Takes(u32),
    /// The producer ends: it has made all values, or is dropped before.
    Ends,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asks => f.write_str("consumer asks"),
            Self::Makes(value) => write!(f, "producer makes {value}"),
            Self::Takes(value) => write!(f, "consumer takes {value}"),
            Self::Ends => f.write_str("producer ends"),
        }
    }
}

/// A log of events in order, each with its thread.
#[derive(Clone, Debug)]
pub struct Log {
    noted: Rc<RefCell<Vec<(Event, ThreadId)>>>,
    /// How long it takes to make or to take a value, to be seen in the lanes.
    pace: Duration,
}

impl Log {
    /// Returns an empty log.
    pub fn new(pace: Duration) -> Self {
        Self { noted: Rc::default(), pace }
    }

    /// Returns the events so far.
    pub fn events(&self) -> Vec<Event> {
        self.noted.borrow().iter().map(|&(event, _)| event).collect()
    }

    fn note(&self, event: Event) {
        self.noted.borrow_mut().push((event, thread::current().id()));
    }

    fn make(&self, value: u32) {
        let _runs = info_span!("runs", lane = "producer", what = value);
        self.note(Event::Makes(value));
        thread::sleep(self.pace);
    }

    fn take(&self, value: u32) {
        let _runs = info_span!("runs", lane = "consumer", what = value);
        self.note(Event::Takes(value));
        thread::sleep(self.pace);
    }
}

/// A value whose destructor notes the producer's end. Each producer holds one from its start to its
/// end, across all yields.
#[derive(Debug)]
struct Ending(Log);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.note(Event::Ends);
    }
}

/// The events of a run, in order, and the number of threads that they were on.
pub type HandOver = (Vec<Event>, usize);

/// Consumes what the producer makes, value by value.
fn consume(log: &Log, mut producer: impl Iterator<Item = u32>) -> HandOver {
    loop {
        log.note(Event::Asks);
        let waits = info_span!("waits", lane = "consumer", what = "producer");
        let value = producer.next();
        drop(waits);
        let Some(value) = value else { break };
        log.take(value);
    }
    let mut threads: Vec<_> = log.noted.borrow().iter().map(|&(_, thread)| thread).collect();
    threads.dedup();
    (log.events(), threads.len())
}

/// Returns the events that have to come out: the two take turns, and each value is made on demand.
pub fn expected() -> Vec<Event> {
    let turn = |value| [Event::Asks, Event::Makes(value), Event::Takes(value)];
    (0..COUNT).flat_map(turn).chain([Event::Asks, Event::Ends]).collect()
}
