#!/usr/bin/env bash
# tokio 1.54.1: after `Receiver::close` an empty channel still keeps `recv` waiting, if a sender holds a permit; and the permit's message arrives.
# Guess: closed and empty means `None` at once.
# Why: a permit is a promise of room, and is kept. A sender that sits on its permit keeps a shutdown waiting.
# Source: documentation of `tokio::sync::mpsc::Receiver::recv` and `close`.
. "$(dirname "$0")/run.bash"
rust 'tokio = { version = "=1.54.1", features = ["sync"] }' <<'RUST'
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

fn once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn main() {
    let (send, mut receive) = tokio::sync::mpsc::channel(1);
    let permit = send.try_reserve().unwrap();
    receive.close();
    println!("closed, empty, a permit is out: {:?}", once(receive.recv()));
    permit.send("kept");
    println!("the permit is used: {:?}", once(receive.recv()));
    println!("then: {:?}", once(receive.recv()));
}
RUST
holds <<'END'
closed, empty, a permit is out: Pending
the permit is used: Ready(Some("kept"))
then: Ready(None)
END
