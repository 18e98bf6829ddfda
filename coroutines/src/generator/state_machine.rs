//! The producer as a state machine: a place to resume from is a variant of an enum, and what is
//! needed from there is kept in it.
//!
//! This is what a compiler makes of `for value in 0..5 { yield value; }`, and what Rust's makes of
//! an `async fn` ([`yield` itself][gen] is still unstable). It has no stack: each `next` is an
//! ordinary call, which returns. So it can yield only where the machine has a state for it, and
//! never from inside a function that it calls.
//!
//! [gen]: https://doc.rust-lang.org/nightly/unstable-book/language-features/gen-blocks.html
//!
//! ```
//! use coroutines::generator::{Log, state_machine::Producer};
//!
//! let log = Log::new(std::time::Duration::ZERO);
//! assert_eq!(Producer::new(&log).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
//! ```

use std::mem::replace;

use tracing::{Span, info_span};

use super::{COUNT, Ending, Log};

/// An iterator that makes 0 to 4, each on demand.
#[derive(Debug)]
pub struct Producer {
    log: Log,
    state: State,
}

/// Where the producer resumes.
#[derive(Debug)]
enum State {
    Start,
    /// After a value was handed over. What lived across it as a local variable lives here.
    Yielded {
        value: u32,
        /// The time in which the producer is suspended.
        idles: Span,
        ending: Ending,
    },
    End,
}

impl Producer {
    /// Returns a producer that has made nothing yet.
    pub fn new(log: &Log) -> Self {
        Self { log: log.clone(), state: State::Start }
    }
}

impl Iterator for Producer {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (value, ending) = match replace(&mut self.state, State::End) {
            State::Start => (0, Ending(self.log.clone())),
            State::Yielded { value, idles, ending } => {
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
        self.state = State::Yielded { value, idles, ending };
        Some(value)
    }
}
