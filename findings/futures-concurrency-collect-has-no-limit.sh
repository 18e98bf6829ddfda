#!/usr/bin/env bash
# futures-concurrency 7.7.1: a concurrent stream with `limit(2)` whose results are collected works on all ten items at once; with `for_each` on two. futures
# 0.3.34's `buffer_unordered(2)` before `collect` works on two.
# Guess: the limit is the stream's, whatever ends it.
# Why: the limit is a number that is handed down, and whoever consumes the stream has to keep to it. `for_each` and `try_for_each` ask for it; what
#   collects into a `Vec` takes each future as it comes into a set without a bound. So a program that replaces a `for_each` by a `collect`, to have the
#   results, opens all its connections at once. Results come as they end, too, and not in the order of the stream.
# Source: futures-concurrency's src/concurrent_stream/from_concurrent_stream.rs and for_each.rs; the documentation of `limit` names no exception.
. "$(dirname "$0")/run.bash"
rust 'futures-concurrency = "=7.7.1"' 'futures = "=0.3.34"' <<'RUST'
use std::{
    future::Future,
    num::NonZeroUsize,
    sync::atomic::{AtomicUsize, Ordering::SeqCst},
    task::Poll,
};

use futures::{StreamExt, executor::block_on, stream};
use futures_concurrency::prelude::*;

#[derive(Default)]
struct Work {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Work {
    /// Begins when it is polled first, and ends with its hundredth poll.
    fn on(&self, item: usize) -> impl Future<Output = usize> + '_ {
        let mut polls = 0;
        futures::future::poll_fn(move |context| {
            polls += 1;
            if polls == 1 {
                self.most.fetch_max(self.now.fetch_add(1, SeqCst) + 1, SeqCst);
            }
            if polls == 100 {
                self.now.fetch_sub(1, SeqCst);
                return Poll::Ready(item);
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
    }
}

fn show(name: &str, run: impl AsyncFnOnce(&Work)) {
    let work = Work::default();
    block_on(run(&work));
    println!("{name}: at once: {}", work.most.load(SeqCst));
}

fn main() {
    let two = NonZeroUsize::new(2);
    show("limit, map, for_each", async |work| {
        stream::iter(0..10).co().limit(two).map(|item| work.on(item)).for_each(async |_| ()).await;
    });
    show("limit, for_each", async |work| {
        stream::iter(0..10).co().limit(two).for_each(async |item| { work.on(item).await; }).await;
    });
    show("limit, map, collect", async |work| {
        let all: Vec<usize> = stream::iter(0..10).co().limit(two).map(|item| work.on(item)).collect().await;
        assert_eq!(all.len(), 10);
    });
    show("map, limit, collect", async |work| {
        let all: Vec<usize> = stream::iter(0..10).co().map(|item| work.on(item)).limit(two).collect().await;
        assert_eq!(all.len(), 10);
    });
    show("futures' buffer_unordered, collect", async |work| {
        let all: Vec<usize> = stream::iter(0..10).map(|item| work.on(item)).buffer_unordered(2).collect().await;
        assert_eq!(all.len(), 10);
    });
}
RUST
holds <<'END'
limit, map, for_each: at once: 2
limit, for_each: at once: 2
limit, map, collect: at once: 10
map, limit, collect: at once: 10
futures' buffer_unordered, collect: at once: 2
END
