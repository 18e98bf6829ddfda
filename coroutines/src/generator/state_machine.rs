//! The producer as a state machine: a place to go on from is a variant, and what is needed from
//! there is kept in it.
//!
//! This is what a compiler makes of `for value in 0..5 { yield value; }`, and what Rust's makes of
//! an `async fn` (where [`yield`
//! itself](https://doc.rust-lang.org/nightly/unstable-book/language-features/gen-blocks.html) is
//! still unstable). It has no stack: each `next` is an ordinary call, which returns. So it can give
//! way only where the machine was drawn with a place to go on from, and never from inside a
//! function that it calls.
//!
//! ```
//! use coroutines::generator::{Log, state_machine::Producer};
//!
//! let log = Log::new(std::time::Duration::ZERO);
//! assert_eq!(Producer::new(&log).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
//! ```

use std::mem::replace;
use std::time::Duration;

use tracing::{Span, info_span};

use super::{COUNT, Ending, HandOver, Log, consume};

/// Makes 0 to 4, one whenever it is asked.
#[derive(Debug)]
pub struct Producer {
    log: Log,
    state: State,
}

/// Where the producer goes on.
#[derive(Debug)]
enum State {
    /// At the start: nothing has been done.
    Start,
    /// After a hand-over. What lived across it as a local variable lives here.
    HandedOver {
        /// The value that was handed over.
        value: u32,
        /// For as long as the producer waits for its turn.
        idles: Span,
        ending: Ending,
    },
    /// At the end, for good.
    End,
}

impl Producer {
    /// Makes a producer that has made nothing yet.
    pub fn new(log: &Log) -> Self {
        Self { log: log.clone(), state: State::Start }
    }
}

impl Iterator for Producer {
    type Item = u32;

    /// Goes on from where it is, to the next hand-over or to the end.
    fn next(&mut self) -> Option<u32> {
        let (value, ending) = match replace(&mut self.state, State::End) {
            State::Start => (0, Ending(self.log.clone())),
            State::HandedOver { value, idles, ending } => {
                drop(idles);
                (value + 1, ending)
            }
            State::End => return None,
        };
        if value == COUNT {
            return None;
        }
        self.log.make(value);
        let idles = info_span!("idles", lane = "producer", what = "");
        self.state = State::HandedOver { value, idles, ending };
        Some(value)
    }
}

/// Hands 0 to 4 over, one at a time.
pub fn run(pace: Duration) -> HandOver {
    let log = Log::new(pace);
    consume(&log, Producer::new(&log))
}
