//! Streams: a future for each of many values, one after the other.
//!
//! A stream is to an iterator what a future is to a function: `poll_next` may be pending. One is
//! written by hand here ([`Ticks`]); the adapters are those of `futures-util`.
//!
//! A stream makes progress only while it is polled for its next value. `buffered(n)` keeps n
//! requests in flight while it is polled, and none while the loop is busy with a value. Tasks are
//! polled by their executor, also while the loop is busy ([`while_busy`]).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::time::{Sleep, sleep};

use crate::lane::{self, wait};
use crate::on_tokio::join_and_select::Fetched;
use crate::tokio_runtime::now;

/// A stream that counts from 0, a number each period, and ends.
#[derive(Debug)]
pub struct Ticks {
    /// The timer until the next one; it is made once, and then only set again.
    until: Pin<Box<Sleep>>,
    period: Duration,
    next: u32,
    end: u32,
}

impl Ticks {
    /// Returns a stream of `end` ticks.
    pub fn new(period: Duration, end: u32) -> Self {
        Self { until: Box::pin(sleep(period)), period, next: 0, end }
    }
}

impl Stream for Ticks {
    type Item = u32;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<u32>> {
        if self.next == self.end {
            return Poll::Ready(None);
        }
        // Where it is pending, the timer has stored the waker.
        ready!(self.until.as_mut().poll(context));
        let following = self.until.deadline() + self.period;
        self.until.as_mut().reset(following);
        self.next += 1;
        Poll::Ready(Some(self.next - 1))
    }
}

/// Keeps the even ticks, and squares them.
pub async fn by_hand(period: Duration) -> Vec<u32> {
    let even = Ticks::new(period, 6).filter(|tick| std::future::ready(tick % 2 == 0));
    lane::task("ticks", wait("tick", even.map(|tick| tick * tick).collect())).await
}

/// Stands for a request of `steps` steps, each of which is awaited, and counted.
async fn fetch(number: usize, steps: u32, beat: Duration, done: Arc<AtomicU32>) -> usize {
    let body = async {
        for _ in 0..steps {
            wait("an answer", sleep(beat)).await;
            done.fetch_add(1, Relaxed);
        }
    };
    lane::task(&format!("fetch{number}"), body).await;
    number
}

/// Returns four requests, which take 4, 3, 2 and 1 beats.
fn requests(beat: Duration) -> impl Stream<Item = impl Future<Output = usize>> {
    stream::iter([4, 3, 2, 1])
        .enumerate()
        .map(move |(n, steps)| fetch(n, steps, beat, Arc::default()))
}

async fn collected(numbers: impl Stream<Item = usize>) -> Fetched {
    let began = now();
    let order = numbers.collect().await;
    Fetched { order, took: now() - began }
}

/// Makes one request after the other.
pub async fn one_by_one(beat: Duration) -> Fetched {
    collected(requests(beat).then(|request| request)).await
}

/// Has two requests in flight; the results come in the order of the requests.
pub async fn buffered(beat: Duration) -> Fetched {
    collected(requests(beat).buffered(2)).await
}

/// Has two requests in flight; each result comes as soon as it is there.
pub async fn buffer_unordered(beat: Duration) -> Fetched {
    collected(requests(beat).buffer_unordered(2)).await
}

/// Takes the results of two requests, of 1 and 4 steps, out of a buffer of two, and is busy with
/// the first for five beats; returns how many steps the second one did meanwhile. Each request may
/// be a task of its own.
pub async fn while_busy(beat: Duration, as_tasks: bool) -> u32 {
    let second = Arc::new(AtomicU32::new(0));
    let all = [(0, 1, Arc::default()), (1, 4, Arc::clone(&second))];
    let requests = stream::iter(all).map(|(number, steps, done)| async move {
        let request = fetch(number, steps, beat, done);
        if as_tasks {
            tokio::spawn(request).await.expect("it does not panic")
        } else {
            request.await
        }
    });
    let mut results = std::pin::pin!(requests.buffered(2));
    results.next().await;
    let before = second.load(Relaxed);
    lane::task("loop", wait("a long write", sleep(5 * beat))).await;
    let meanwhile = second.load(Relaxed) - before;
    results.next().await;
    meanwhile
}
