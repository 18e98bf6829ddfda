#!/usr/bin/env bash
# tokio 1.54.1: a task that waits for 3 of 2 free permits takes both at once, and nobody gets one until a third comes, or the task gives up.
# Guess: the two stay free; `available_permits` says 2, and `try_acquire` gets one.
# Why: the queue is fair, and the first in it collects permits as they come. A large request stops all small ones; `available_permits` is 0 although
#   nobody holds any.
# Source: documentation of `tokio::sync::Semaphore`, on fairness; batch_semaphore.rs assigns permits to the waiter at the head.
. "$(dirname "$0")/run.bash"
rust 'tokio = { version = "=1.54.1", features = ["sync"] }' <<'RUST'
use std::future::Future;
use std::task::{Context, Waker};

fn main() {
    let semaphore = tokio::sync::Semaphore::new(2);
    let mut three = Box::pin(semaphore.acquire_many(3));
    assert!(three.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    println!("while it waits: {} available, try_acquire {}", semaphore.available_permits(), semaphore.try_acquire().is_ok());
    drop(three);
    println!("when it gave up: {} available, try_acquire {}", semaphore.available_permits(), semaphore.try_acquire().is_ok());
}
RUST
holds <<'END'
while it waits: 0 available, try_acquire false
when it gave up: 2 available, try_acquire true
END
