#!/usr/bin/env bash
# std 1.95, parking_lot 0.12.5, tokio 1.54.1, async-lock 3.5.0: `try_read` fails on a lock that only readers hold, if a writer waits.
# Guess: it fails only while a writer holds the lock; readers share.
# Why: all four keep new readers behind a waiting writer, lest it starve, and `try_read` does not go round the queue. So "try, else somebody is
#   writing" is wrong, and a reader that reads again deadlocks. parking_lot has `try_read_recursive` for those who mean it.
# Source: documentation of each lock, priority policy; std leaves it to the system, and its futex lock does the same on Linux.
. "$(dirname "$0")/run.bash"
rust 'parking_lot = "=0.12.5"' 'tokio = { version = "=1.54.1", features = ["sync"] }' 'async-lock = "=3.5.0"' <<'RUST'
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::thread;
use std::time::Duration;

// A blocking writer cannot be asked whether it waits already: `try_read` is asked again until it says no, or a minute is over.
fn refused(mut try_read: impl FnMut() -> bool) -> bool {
    (0..6_000).any(|_| { thread::sleep(Duration::from_millis(10)); !try_read() })
}

fn main() {
    let waker = Waker::noop();
    let mut context = Context::from_waker(waker);
    thread::scope(|scope| {
        let lock = Box::leak(Box::new(std::sync::RwLock::new(0)));
        let reading = lock.read().unwrap();
        scope.spawn(|| drop(lock.write()));
        println!("std          refused {}", refused(|| lock.try_read().is_ok()));
        drop(reading);
    });
    thread::scope(|scope| {
        let lock = Box::leak(Box::new(parking_lot::RwLock::new(0)));
        let reading = lock.read();
        scope.spawn(|| drop(lock.write()));
        println!("parking_lot  refused {}", refused(|| lock.try_read().is_some()));
        println!("  recursive  refused {}", lock.try_read_recursive().is_none());
        drop(reading);
    });
    let lock = tokio::sync::RwLock::new(0);
    let _reading = lock.try_read().unwrap();
    let mut writing = pin!(lock.write());
    assert!(writing.as_mut().poll(&mut context).is_pending());
    println!("tokio        refused {}", lock.try_read().is_err());
    let lock = async_lock::RwLock::new(0);
    let _reading = lock.try_read().unwrap();
    let mut writing = pin!(lock.write());
    assert!(writing.as_mut().poll(&mut context).is_pending());
    println!("async-lock   refused {}", lock.try_read().is_none());
}
RUST
holds <<'END'
std          refused true
parking_lot  refused true
  recursive  refused false
tokio        refused true
async-lock   refused true
END
