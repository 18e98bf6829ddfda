#!/usr/bin/env bash
# tokio 1.54.1: of three timers whose deadlines lie in one millisecond the one that was made first fires first, though its deadline is the last.
# Guess: a timer fires when its deadline has passed, so the earlier deadline comes first; who was made first decides between equal ones.
# Why: a deadline is rounded up to a whole millisecond, the place of a timer in the wheel; all of a place fire together, in the order in which they were put
#   there. Nothing fires too early. Two deadlines less than a millisecond apart order nothing, not even with the paused clock of a test.
# Source: documentation of `tokio::time::sleep` (millisecond granularity); tokio's runtime/time/wheel.
. "$(dirname "$0")/run.bash"
rust 'tokio = { version = "=1.54.1", features = ["macros", "rt", "sync", "time", "test-util"] }' <<'RUST'
use std::time::Duration;
use tokio::{sync::mpsc, time};

async fn order(microseconds: [u64; 3]) {
    let (sender, mut fired) = mpsc::unbounded_channel();
    for after in microseconds {
        let sender = sender.clone();
        let timer = time::sleep(Duration::from_micros(after));
        tokio::spawn(async move {
            timer.await;
            sender.send(after).unwrap();
        });
    }
    drop(sender);
    let mut order = Vec::new();
    fired.recv_many(&mut order, 3).await;
    while order.len() < 3 {
        fired.recv_many(&mut order, 3).await;
    }
    println!("made {microseconds:?}, fired {order:?}");
}

#[tokio::main(flavor = "current_thread", start_paused = true)]
async fn main() {
    order([1900, 1500, 1200]).await;
    order([2900, 1900, 900]).await;
    order([100_900, 100_500, 100_200]).await;
}
RUST
holds <<'END'
made [1900, 1500, 1200], fired [1900, 1500, 1200]
made [2900, 1900, 900], fired [900, 1900, 2900]
made [100900, 100500, 100200], fired [100900, 100500, 100200]
END
