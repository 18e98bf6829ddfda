#!/usr/bin/env bash
# tokio-util 0.7.20: five items with one deadline come out of a `DelayQueue` newest first if it is 10 ms away, oldest first if it is 100 ms away, and
# newest first again if it is 5 s away.
# Guess: in the order in which they were put in; tokio's own timers of one deadline fire in that order.
# Why: the place for a millisecond in the timer wheel is a stack. What is further away than 64 ms lies in a coarser wheel, in a stack as well, and is
#   moved to the finer one when its time comes near, which turns the order round; beyond 4096 ms twice. So it depends on the length of the
#   delay whether a queue of retries begins with the newest or the oldest; if it matters, their number has to be part of the items.
# Source: documentation of `tokio_util::time::DelayQueue` (no order is promised at one instant); tokio-util's time/wheel.
. "$(dirname "$0")/run.bash"
rust 'tokio = { version = "=1.54.1", features = ["rt", "macros", "test-util", "time"] }' 'tokio-util = { version = "=0.7.20", features = ["time"] }' \
    'futures = "=0.3.34"' <<'RUST'
use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt;
use tokio::time::{sleep_until, Instant};
use tokio_util::time::DelayQueue;

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    for millis in [10, 100, 5000] {
        let deadline = Instant::now() + Duration::from_millis(millis);
        let mut queue = DelayQueue::new();
        for number in 1..=5 {
            queue.insert_at(number, deadline);
        }
        let given: Vec<u32> = queue.map(|item| item.into_inner()).collect().await;
        let fired = Mutex::new(Vec::new());
        let deadline = Instant::now() + Duration::from_millis(millis);
        let fired = &fired;
        futures::future::join_all((1..=5).map(|number| async move {
            sleep_until(deadline).await;
            fired.lock().unwrap().push(number);
        }))
        .await;
        println!("{millis} ms: queue {given:?}, timers {:?}", fired.lock().unwrap());
    }
}
RUST
holds <<'END'
10 ms: queue [5, 4, 3, 2, 1], timers [1, 2, 3, 4, 5]
100 ms: queue [1, 2, 3, 4, 5], timers [1, 2, 3, 4, 5]
5000 ms: queue [5, 4, 3, 2, 1], timers [1, 2, 3, 4, 5]
END
