//! The producer as a stackful coroutine: an ordinary function, on a stack of its own.
//!
//! To yield is to leave that stack as it is and to continue on the other one; to resume is the way
//! back. Where the function is, and what it needs from there, is on its stack, with all the calls
//! that it is in the middle of: it can yield from inside any of them, as `make_one` does. This is
//! Python's greenlet, Lua's coroutine, Go's goroutine without its scheduler. The price is a stack
//! for each, and some assembly, which is the crate [corosensei](https://docs.rs/corosensei)'s.

use std::{io, iter};

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, Yielder};
use tracing::info_span;

use super::{COUNT, Ending, Log};

/// Enough for the producer and the spans that it makes. Its size is guessed beforehand, unlike that
/// of a state machine.
pub(super) const STACK: usize = 256 * 1024;

/// Returns an iterator that makes 0 to 4, each on demand.
///
/// One that is dropped in the middle has its stack unwound, as by a panic, so that the values there
/// are dropped.
///
/// # Errors
/// The system has no room for its stack.
pub fn producer(log: &Log) -> io::Result<impl Iterator<Item = u32> + use<>> {
    let log = log.clone();
    let body = move |yielder: &Yielder<(), u32>, ()| {
        let _ending = Ending(log.clone());
        for value in 0..COUNT {
            make_one(yielder, &log, value);
        }
    };
    let mut coroutine = Coroutine::with_stack(DefaultStack::new(STACK)?, body);
    Ok(iter::from_fn(move || {
        // One that has returned cannot be resumed.
        if coroutine.done() { None } else { coroutine.resume(()).as_yield() }
    }))
}

/// Makes a value and hands it over, from inside a call.
fn make_one(yielder: &Yielder<(), u32>, log: &Log, value: u32) {
    log.make(value);
    let _idles = info_span!("idles", lane = "producer", what = "");
    yielder.suspend(value);
}
