//! The producer as an async function: the compiler draws the state machine, and the code that polls
//! it resumes it.
//!
//! An `await` yields no value; the value goes through a cell that both sides know. The waker does
//! nothing, for the caller of `next` is there. This is a generator on stable Rust, and an executor
//! in one line.

use std::cell::Cell;
use std::future::poll_fn;
use std::iter;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use tracing::info_span;

use super::{COUNT, Ending, Log};

/// Returns an iterator that makes 0 to 4, each on demand.
pub fn producer(log: &Log) -> impl Iterator<Item = u32> + use<> {
    let slot = Rc::<Cell<_>>::default();
    made_by(Rc::clone(&slot), make_all(log.clone(), slot))
}

/// Returns an iterator over what an async function puts into the slot, an await for each.
pub(super) fn made_by<F: Future<Output = ()>>(
    slot: Rc<Cell<Option<u32>>>,
    body: F,
) -> impl Iterator<Item = u32> {
    // Pinned: what lives across an await may point into itself. `None`: it has ended.
    let mut body = Some(Box::pin(body));
    iter::from_fn(move || {
        let polled = body.as_mut()?.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        if polled.is_ready() {
            body = None;
        }
        slot.take()
    })
}

async fn make_all(log: Log, slot: Rc<Cell<Option<u32>>>) {
    let _ending = Ending(log.clone());
    for value in 0..COUNT {
        make_one(&log, &slot, value).await;
    }
}

/// Makes a value and hands it over. It has no stack frame across the await: its state is a part of
/// its caller's.
async fn make_one(log: &Log, slot: &Cell<Option<u32>>, value: u32) {
    log.make(value);
    let _idles = info_span!("idles", lane = "producer", what = "");
    hand_over(slot, value).await;
}

/// Hands a value over, and waits until the consumer has taken it and asks for the next one.
pub(super) async fn hand_over(slot: &Cell<Option<u32>>, value: u32) {
    slot.set(Some(value));
    poll_fn(|_| if slot.get().is_some() { Poll::Pending } else { Poll::Ready(()) }).await;
}
