//! Streams: a future for each of many values, one after the other.
//!
//! A stream is to an iterator what a future is to a function: `poll_next` may be pending. One is
//! written by hand here ([`Ticks`]); the adapters are those of `futures-util`.
//!
//! A stream makes progress only while it is polled for its next value. `buffered(n)` keeps n
//! requests in flight while it is polled, and none while the loop is busy with a value
//! ([`starved`]). Tasks are polled by their executor, also while the loop is busy ([`fed`]).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::time::{Sleep, sleep};

use crate::lane::{self, wait};
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

/// The results of some requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The numbers of the requests, in the order of their results.
    pub order: Vec<u32>,
    /// The time from the first beginning to the last end.
    pub took: Duration,
}

/// Stands for a request of `steps` steps, each of which is awaited, and counted.
async fn fetch(number: u32, steps: u32, beat: Duration, done: Arc<AtomicU32>) -> u32 {
    let body = async {
        for _ in 0..steps {
            wait("answer", sleep(beat)).await;
            done.fetch_add(1, Relaxed);
        }
    };
    lane::task(&format!("fetch{number}"), body).await;
    number
}

/// Returns four requests, which take 4, 3, 2 and 1 beats.
fn requests(beat: Duration) -> impl Stream<Item = impl Future<Output = u32>> {
    stream::iter(0..4).map(move |number| fetch(number, 4 - number, beat, Arc::default()))
}

async fn collected(numbers: impl Stream<Item = u32>) -> Fetched {
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
/// the first for five beats; returns how many steps the second one did meanwhile.
pub async fn starved(beat: Duration) -> u32 {
    while_busy(beat, |request| request).await
}

/// Does the same with a task for each request.
pub async fn fed(beat: Duration) -> u32 {
    while_busy(beat, |request| {
        let task = tokio::spawn(request);
        async move { task.await.expect("no request panics") }
    })
    .await
}

async fn while_busy<F: Future<Output = u32>>(
    beat: Duration,
    run: impl Fn(Pin<Box<dyn Future<Output = u32> + Send>>) -> F,
) -> u32 {
    let second = Arc::new(AtomicU32::new(0));
    let request = |number| {
        let (steps, done) =
            [(1, Arc::default()), (4, Arc::clone(&second))][number as usize].clone();
        run(Box::pin(fetch(number, steps, beat, done)))
    };
    let mut results = std::pin::pin!(stream::iter(0..2).map(request).buffered(2));
    results.next().await;
    let before = second.load(Relaxed);
    lane::task("loop", wait("a long write", sleep(5 * beat))).await;
    let meanwhile = second.load(Relaxed) - before;
    results.next().await;
    meanwhile
}
