#!/usr/bin/env bash
# tokio 1.54.1, async-lock 3.5.0: a barrier for two lets one task through alone, if another's `wait` was cancelled before.
# Guess: a future that is dropped takes its arrival back, as a place in a semaphore's queue is taken back.
# Why: arriving adds one to a number; dropping the future takes nothing off. After one timeout each round of the barrier is off by one.
# Source: documentation of `tokio::sync::Barrier::wait`, "Cancel safety"; async-lock's says nothing of it.
. "$(dirname "$0")/run.bash"
rust 'tokio = { version = "=1.54.1", features = ["sync"] }' 'async-lock = "=3.5.0"' <<'RUST'
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn main() {
    let barrier = tokio::sync::Barrier::new(2);
    println!("tokio: the first waits {}, and is dropped", once(barrier.wait()).is_pending());
    println!("tokio: the second, alone, passes {}", once(barrier.wait()).is_ready());
    let barrier = async_lock::Barrier::new(2);
    println!("async-lock: the first waits {}, and is dropped", once(barrier.wait()).is_pending());
    println!("async-lock: the second, alone, passes {}", once(barrier.wait()).is_ready());
}
RUST
holds <<'END'
tokio: the first waits true, and is dropped
tokio: the second, alone, passes true
async-lock: the first waits true, and is dropped
async-lock: the second, alone, passes true
END
