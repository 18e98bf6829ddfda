#!/usr/bin/env bash
# crossbeam-channel 0.5.17, tokio 1.54.1, async-io 2.6.0: after a pause of some thirty periods one ticker owes one tick, two owe them all.
# Guess: all three keep what was missed (or none does).
# Why: crossbeam's `tick` is a channel with room for one message; tokio's interval has `MissedTickBehavior::Burst` by default, async-io's timer
#   advances period by period. Code that moves from one to another does too much or too little after each stall.
# Source: documentation of `crossbeam_channel::tick`, `tokio::time::MissedTickBehavior`, `async_io::Timer::interval`.
. "$(dirname "$0")/run.bash"
rust 'crossbeam-channel = "=0.5.17"' 'tokio = { version = "=1.54.1", features = ["rt", "time"] }' 'async-io = "=2.6.0"' \
    'futures-lite = "=2.6.1"' <<'RUST'
use futures_lite::{future, StreamExt};
use std::time::{Duration, Instant};

const PERIOD: Duration = Duration::from_millis(100);

// How many ticks come at once after a pause of thirty periods, told apart generously: those that come within half a period each.
fn at_once(mut tick: impl FnMut()) -> &'static str {
    tick();
    std::thread::sleep(30 * PERIOD);
    let mut ticks = 0;
    loop {
        let before = Instant::now();
        tick();
        if before.elapsed() > PERIOD / 2 {
            break;
        }
        ticks += 1;
    }
    if ticks <= 2 { "one" } else if ticks >= 25 { "all" } else { "some" }
}

fn main() {
    let ticker = crossbeam_channel::tick(PERIOD);
    println!("crossbeam-channel {}", at_once(|| { ticker.recv().unwrap(); }));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let mut interval = runtime.block_on(async { tokio::time::interval(PERIOD) });
    println!("tokio             {}", at_once(|| { runtime.block_on(interval.tick()); }));
    let mut timer = async_io::Timer::interval(PERIOD);
    println!("async-io          {}", at_once(|| { future::block_on(timer.next()); }));
}
RUST
holds <<'END'
crossbeam-channel one
tokio             all
async-io          all
END
