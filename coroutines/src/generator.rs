//! A producer and a consumer that take turns on one thread: each value is consumed before the next
//! one is made.
//!
//! What has to survive between two calls of `next` is kept in a struct, drawn by hand
//! ([`StateMachine`]) or by the compiler ([`async_fn`]), or on a stack of its own ([`stackful`]).
//! [`two_way`] is the other half of a generator: a value that is sent in, and delegation.
//!
//! Spans are made here and never entered: a thread's stack of entered spans knows nothing of a
//! second call stack, and would attribute what one of them entered to the other.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::mem::replace;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use std::{io, iter, thread};

use corosensei::{Coroutine, Yielder, stack::DefaultStack};
use tracing::info_span;

pub mod two_way;

/// The number of values that are made.
pub const COUNT: u32 = 5;

/// How long it takes to make or to take a value, to be seen in the lanes.
const PACE: Duration = Duration::from_millis(2);

/// A log of what both do, in order. It is not `Send`: both are on the thread that made it.
#[derive(Clone, Debug, Default)]
pub struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    /// Returns the events so far.
    pub fn events(&self) -> Vec<String> {
        self.0.borrow().clone()
    }

    fn note(&self, event: &str) {
        self.0.borrow_mut().push(event.to_owned());
    }

    fn runs(&self, lane: &str, does: &str, value: u32) {
        let _runs = info_span!("runs", lane, what = value);
        self.note(&format!("{lane} {does} {value}"));
        thread::sleep(PACE);
    }
}

/// A value whose destructor notes the producer's end. Each producer holds one from its start to its
/// end, across all yields.
#[derive(Debug)]
pub struct Ending(Log);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.note("producer ends");
    }
}

/// Consumes what the producer makes, value by value.
pub fn consume(log: &Log, mut producer: impl Iterator<Item = u32>) {
    loop {
        log.note("consumer asks");
        let waits = info_span!("waits", lane = "consumer", what = "producer");
        let value = producer.next();
        drop(waits);
        let Some(value) = value else { break };
        let _idles = info_span!("idles", lane = "producer", what = "");
        log.runs("consumer", "takes", value);
    }
}

/// A producer as a state machine: the place to resume from is a variant of an enum, and what is
/// needed from there is kept in it.
///
/// This is what a compiler makes of `for value in 0..5 { yield value; }`, and what Rust's makes of
/// an `async fn` ([`yield` itself][gen] is still unstable). It has no stack: each `next` is an
/// ordinary call, which returns. So it can yield only where the machine has a state for it, and
/// never from inside a function that it calls.
///
/// [gen]: https://doc.rust-lang.org/nightly/unstable-book/language-features/gen-blocks.html
#[derive(Debug)]
pub enum StateMachine {
    /// It has made nothing yet.
    Start(Log),
    /// It has handed this value over. What lived across that as a local variable lives here.
    Yielded(u32, Ending),
    /// It has ended.
    End,
}

impl Iterator for StateMachine {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (value, ending) = match replace(self, Self::End) {
            Self::Start(log) => (0, Ending(log)),
            Self::Yielded(value, ending) => (value + 1, ending),
            Self::End => return None,
        };
        if value == COUNT {
            return None;
        }
        ending.0.runs("producer", "makes", value);
        *self = Self::Yielded(value, ending);
        Some(value)
    }
}

/// Returns a producer that is an async function: the compiler draws the state machine.
pub fn async_fn(log: Log) -> impl Iterator<Item = u32> {
    made_by(async move |slot| {
        let _ending = Ending(log.clone());
        for value in 0..COUNT {
            log.runs("producer", "makes", value);
            hand_over(&slot, value).await;
        }
    })
}

/// The value that is handed over: an `await` yields none, so it goes through a cell.
type Slot = Rc<Cell<Option<u32>>>;

/// Hands a value over, and waits until the consumer has taken it and asks for the next one. It has
/// no stack frame across the await: its state is a part of its caller's.
async fn hand_over(slot: &Slot, value: u32) {
    slot.set(Some(value));
    poll_fn(|_| if slot.get().is_some() { Poll::Pending } else { Poll::Ready(()) }).await;
}

/// Returns an iterator over what an async function puts into the slot: a generator on stable Rust,
/// and an executor in one line. Its waker does nothing, for the caller of `next` is there.
fn made_by<F: Future<Output = ()>>(body: impl FnOnce(Slot) -> F) -> impl Iterator<Item = u32> {
    let slot = Slot::default();
    // Pinned: what lives across an await may point into itself.
    let mut body = Box::pin(body(Rc::clone(&slot)));
    let next = move || {
        let _ = body.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        slot.take()
    };
    // A future that has ended must not be polled again.
    iter::from_fn(next).fuse()
}

/// Enough for the producer and the spans that it makes. A stack's size is guessed beforehand, unlike
/// that of a state machine.
const STACK: usize = 256 * 1024;

/// Returns a producer that is an ordinary function, on a stack of its own.
///
/// To yield is to leave that stack as it is and to continue on the other one; to resume is the way
/// back. Where the function is, and what it needs from there, is on its stack, with all the calls
/// that it is in the middle of: it can yield from inside any of them, here from `for_each`. This is
/// Python's greenlet, Lua's coroutine, Go's goroutine without its scheduler. The price is a stack
/// for each, and some assembly, which is [corosensei](https://docs.rs/corosensei)'s.
///
/// One that is dropped in the middle has its stack unwound, as by a panic, so that the values there
/// are dropped.
///
/// # Errors
/// The system has no room for its stack.
pub fn stackful(log: Log) -> io::Result<impl Iterator<Item = u32>> {
    let body = move |yielder: &Yielder<(), u32>, ()| {
        let _ending = Ending(log.clone());
        (0..COUNT).for_each(|value| {
            log.runs("producer", "makes", value);
            yielder.suspend(value);
        });
    };
    let mut coroutine = Coroutine::with_stack(DefaultStack::new(STACK)?, body);
    // One that has returned cannot be resumed.
    Ok(iter::from_fn(move || coroutine.resume(()).as_yield()).fuse())
}
