//! Streams: a future for each of many values, one after the other.
//!
//! A stream is to an iterator what a future is to a function: `poll_next` may say "not yet". One is
//! written by hand here ([`Ticks`]); the adapters are those of `futures-util`, which everybody
//! uses.
//!
//! A stream moves only while somebody asks it for its next value. `buffered(n)` keeps n requests
//! under way while it is polled, and none while the loop is busy with a value ([`starved`]). Tasks
//! are polled by their executor, whoever is busy ([`fed`]).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::time::{Sleep, sleep};

use crate::lane::{self, wait};
use crate::tokio_runtime::now;

/// Counts from 0, a number each period, and ends.
#[derive(Debug)]
pub struct Ticks {
    /// The timer until the next one; it is made once, and then only set again.
    until: Pin<Box<Sleep>>,
    period: Duration,
    next: u32,
    end: u32,
}

impl Ticks {
    /// Makes a stream of `end` ticks.
    ///
    /// # Panics
    /// Outside of tokio's runtime.
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
        // Not yet: the timer has kept the waker.
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

/// Says what came, in which order, and how long it took.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The numbers of the requests, in the order in which they came.
    pub order: Vec<u32>,
    /// From the first beginning to the last end.
    pub took: Duration,
}

/// Stands for a request of so many steps, each waited for.
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

/// Makes four requests, which take 4, 3, 2 and 1 beats.
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

/// Has two requests under way; the results come in the order of the requests.
pub async fn buffered(beat: Duration) -> Fetched {
    collected(requests(beat).buffered(2)).await
}

/// Has two requests under way; the results come as they are there.
pub async fn buffer_unordered(beat: Duration) -> Fetched {
    collected(requests(beat).buffer_unordered(2)).await
}

/// Says how far the second request came while the loop was busy with the first one's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Meanwhile {
    /// So many of its four steps.
    pub steps: u32,
}

/// Takes the results out of a buffer of two, and is busy with the first for five beats: the second
/// request stands still.
pub async fn starved(beat: Duration) -> Meanwhile {
    let done = Arc::new(AtomicU32::new(0));
    let second = &done;
    let request =
        |number| fetch(number, if number == 0 { 1 } else { 4 }, beat, counter(number, second));
    let results = std::pin::pin!(stream::iter(0..2).map(request).buffered(2));
    busy(results, beat, &done).await
}

/// Does the same with a task for each request.
///
/// # Panics
/// If a request panics.
pub async fn fed(beat: Duration) -> Meanwhile {
    let done = Arc::new(AtomicU32::new(0));
    let second = &done;
    let request = |number| {
        let steps = if number == 0 { 1 } else { 4 };
        let task = tokio::spawn(fetch(number, steps, beat, counter(number, second)));
        async move { task.await.expect("no request panics") }
    };
    let results = std::pin::pin!(stream::iter(0..2).map(request).buffered(2));
    busy(results, beat, &done).await
}

/// The steps of the second request alone are counted.
fn counter(number: u32, second: &Arc<AtomicU32>) -> Arc<AtomicU32> {
    if number == 1 { Arc::clone(second) } else { Arc::default() }
}

async fn busy(
    mut results: Pin<&mut impl Stream<Item = u32>>,
    beat: Duration,
    done: &AtomicU32,
) -> Meanwhile {
    results.next().await;
    let before = done.load(Relaxed);
    lane::task("loop", wait("a long write", sleep(5 * beat))).await;
    let meanwhile = Meanwhile { steps: done.load(Relaxed) - before };
    results.next().await;
    meanwhile
}
