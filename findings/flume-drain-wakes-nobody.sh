#!/usr/bin/env bash
# flume 0.12.0: `drain` empties a full channel, and the sender that waits for room sleeps on; the next `recv`, even `len`, lets it in. kanal 0.1.1's
# `drain_into` takes the message of the sender, too, and wakes it.
# Guess: taking everything makes room as taking one does, so the sender is woken by it, in both.
# Why: flume's `drain` hands out the queue and is done; a sender that waits is looked for by whoever receives next. A consumer that takes batches by `drain`
#   and works on each keeps its producers asleep all that time, with an empty channel before them.
# Source: flume's lib.rs, `Receiver::drain` and `pull_pending`; its documentation tells of messages, and nothing of senders.
. "$(dirname "$0")/run.bash"
rust 'flume = "=0.12.0"' 'kanal = "=0.1.1"' <<'RUST'
use std::{
    future::Future,
    pin::pin,
    sync::atomic::{AtomicUsize, Ordering},
    sync::Arc,
    task::{Context, Wake},
};

#[derive(Default)]
struct Woken(AtomicUsize);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

fn times(woken: &Woken) -> usize {
    woken.0.load(Ordering::SeqCst)
}

fn main() {
    let woken = Arc::new(Woken::default());
    let waker = woken.clone().into();
    let (sender, receiver) = flume::bounded(2);
    let (_, _) = (sender.send(1), sender.send(2));
    let mut third = pin!(sender.send_async(3));
    assert!(third.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    println!("flume drained {:?}; the third was woken {} times", receiver.drain().collect::<Vec<_>>(), times(&woken));
    println!("  it is polled, with an empty channel: pending {}", third.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    println!("  len is {}; the third was woken {} times", receiver.len(), times(&woken));

    let woken = Arc::new(Woken::default());
    let waker = woken.clone().into();
    let (sender, receiver) = kanal::bounded_async(2);
    let (_, _) = (sender.try_send(1), sender.try_send(2));
    let mut third = pin!(sender.send(3));
    assert!(third.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    let mut drained = Vec::new();
    receiver.drain_into(&mut drained).unwrap();
    println!("kanal drained {drained:?}; the third was woken {} times", times(&woken));
}
RUST
holds <<'END'
flume drained [1, 2]; the third was woken 0 times
  it is polled, with an empty channel: pending true
  len is 1; the third was woken 1 times
kanal drained [1, 2, 3]; the third was woken 1 times
END
