//! The producer as a stackful coroutine: an ordinary function, on a stack of its own.
//!
//! To give way is to leave that stack as it is and go on with the other one; to be resumed is the
//! way back. Where the function is, and what it needs from there, is on its stack, with all the
//! calls that it is in the middle of: it can give way from inside any of them, as `make_one` does.
//! This is Python's greenlet, Lua's coroutine, Go's goroutine without its scheduler. The price is a
//! stack for each, and some assembly, which is the crate
//! [corosensei](https://docs.rs/corosensei)'s.
//!
//! ```
//! use coroutines::generator::{Log, stackful::Producer};
//!
//! let log = Log::new(std::time::Duration::ZERO);
//! assert_eq!(Producer::new(&log)?.collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
//! # Ok::<(), std::io::Error>(())
//! ```

use std::io;
use std::time::Duration;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, Yielder};
use tracing::info_span;

use super::{COUNT, Ending, HandOver, Log, consume};

/// Enough for the producer and the spans that it makes. Unlike a thread's stack, it is as large as
/// someone has thought of.
const STACK: usize = 256 * 1024;

/// Makes 0 to 4, one whenever it is asked.
///
/// A producer that is dropped in the middle has its stack unwound, as by a panic, so that what lies
/// there is dropped.
pub struct Producer {
    coroutine: Coroutine<(), u32, ()>,
}

impl std::fmt::Debug for Producer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Producer")
            .field("started", &self.coroutine.started())
            .finish_non_exhaustive()
    }
}

impl Producer {
    /// Makes a producer that has made nothing yet.
    ///
    /// # Errors
    /// The system has no room for its stack.
    pub fn new(log: &Log) -> io::Result<Self> {
        let log = log.clone();
        let body = move |yielder: &Yielder<(), u32>, ()| {
            let _ending = Ending(log.clone());
            for value in 0..COUNT {
                make_one(yielder, &log, value);
            }
        };
        Ok(Self { coroutine: Coroutine::with_stack(DefaultStack::new(STACK)?, body) })
    }
}

/// Makes a value and hands it over, from inside a call.
fn make_one(yielder: &Yielder<(), u32>, log: &Log, value: u32) {
    log.make(value);
    let _idles = info_span!("idles", lane = "producer", what = "");
    yielder.suspend(value);
}

impl Iterator for Producer {
    type Item = u32;

    /// Goes on from where it is, to the next hand-over or to the end.
    fn next(&mut self) -> Option<u32> {
        // One that has returned has nothing to go back to.
        if self.coroutine.done() { None } else { self.coroutine.resume(()).as_yield() }
    }
}

/// Hands 0 to 4 over, one at a time.
///
/// # Errors
/// The system has no room for the producer's stack.
pub fn run(pace: Duration) -> io::Result<HandOver> {
    let log = Log::new(pace);
    Ok(consume(&log, Producer::new(&log)?))
}
