//! The producer as an async function: the compiler draws the state machine, and whoever polls it
//! decides when it goes on.
//!
//! An `await` can only give way; the value goes through a cell that both sides know. Nobody is to
//! be woken, since whoever asks is there: the waker does nothing. This is a generator on stable
//! Rust, and an executor in one line.
//!
//! ```
//! use coroutines::generator::{Log, async_fn::Producer};
//!
//! let log = Log::new(std::time::Duration::ZERO);
//! assert_eq!(Producer::new(&log).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
//! ```

use std::cell::Cell;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use tracing::info_span;

use super::{COUNT, Ending, HandOver, Log, consume};

/// What is handed over.
type Hand = Rc<Cell<Option<u32>>>;

/// Makes 0 to 4, one whenever it is asked.
pub struct Producer {
    hand: Hand,
    /// Pinned: what lives across an await may point into itself. `None`: it has ended.
    body: Option<Pin<Box<dyn Future<Output = ()>>>>,
}

impl fmt::Debug for Producer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Producer").field("ended", &self.body.is_none()).finish_non_exhaustive()
    }
}

impl Producer {
    /// Makes a producer that has made nothing yet.
    pub fn new(log: &Log) -> Self {
        let hand = Hand::default();
        let body = make_all(log.clone(), Rc::clone(&hand));
        Self { hand, body: Some(Box::pin(body)) }
    }
}

async fn make_all(log: Log, hand: Hand) {
    let _ending = Ending(log.clone());
    for value in 0..COUNT {
        make_one(&log, &hand, value).await;
    }
}

/// Makes a value and hands it over. A call, but no call's frame: its state is a part of its
/// caller's.
async fn make_one(log: &Log, hand: &Hand, value: u32) {
    log.make(value);
    hand.set(Some(value));
    let _idles = info_span!("idles", lane = "producer", what = "");
    // Pending for as long as the value lies there: until the consumer has taken it and asks for the
    // next one.
    poll_fn(|_| {
        let value = hand.take();
        hand.set(value);
        if value.is_some() { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
}

impl Iterator for Producer {
    type Item = u32;

    /// Goes on from where it is, to the next hand-over or to the end.
    fn next(&mut self) -> Option<u32> {
        match self.body.as_mut()?.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => self.hand.take(),
            Poll::Ready(()) => {
                self.body = None;
                None
            }
        }
    }
}

/// Hands 0 to 4 over, one at a time.
pub fn run(pace: Duration) -> HandOver {
    let log = Log::new(pace);
    consume(&log, Producer::new(&log))
}
