#!/usr/bin/env bash
# kanal 0.1.1: a message is lost if it is sent to a receive that waits and is then given up, as by `select!` or a timeout: the sender is told that it was
# sent, the next receive waits. With flume 0.12.0, async-channel 2.5.0, loole 0.6.0 and tokio 1.54.1 the next receive gets it.
# Guess: a receive that ends without a message has taken none; what was sent lies in the channel until somebody takes it.
# Why: kanal writes a message straight into the future of the receiver that waits, also where the channel has room, and wakes its task. If that future is
#   dropped before it is polled again, the message is dropped with it: its destructor does not put it back. So a loop with `select!` over a kanal channel
#   and a timer loses a message whenever both are ready in one turn, without an error on either side. A receive that is once polled has to be finished:
#   keep the future outside of the loop, and poll it by reference.
# Source: kanal's documentation of `AsyncReceiver::recv`, "Cancellation and Polling Considerations", which names `tokio::select!`; future.rs, `Drop for
#   ReceiveFuture`.
. "$(dirname "$0")/run.bash"
rust 'kanal = "=0.1.1"' 'flume = "=0.12.0"' 'async-channel = "=2.5.0"' 'loole = "=0.6.0"' 'tokio = { version = "=1.54.1", features = ["sync"] }' <<'RUST'
use std::{
    fmt::Debug,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

fn poll<F: Future<Output: Debug>>(future: F) -> String {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(message) => format!("{message:?}"),
        Poll::Pending => "still waiting".into(),
    }
}

/// A receive waits, a message is sent, the receive is dropped; another one is polled.
macro_rules! given_up {
    ($name:literal, $receive:expr, $send:expr) => {{
        {
            let mut receive = pin!($receive);
            assert!(receive.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            println!("{}: sent: {:?}", $name, $send);
        }
        println!("  the next receive: {}", poll($receive));
    }};
}

fn main() {
    let (sender, receiver) = kanal::bounded_async(4);
    given_up!("kanal", receiver.recv(), sender.try_send("hello"));
    let (sender, receiver) = kanal::unbounded_async();
    given_up!("kanal, unbounded", receiver.recv(), sender.try_send("hello"));
    let (sender, receiver) = flume::bounded(4);
    given_up!("flume", receiver.recv_async(), sender.try_send("hello"));
    let (sender, receiver) = async_channel::bounded(4);
    given_up!("async-channel", receiver.recv(), sender.try_send("hello"));
    let (sender, receiver) = loole::bounded(4);
    given_up!("loole", receiver.recv_async(), sender.try_send("hello"));
    let (sender, mut receiver) = tokio::sync::mpsc::channel(4);
    given_up!("tokio", receiver.recv(), sender.try_send("hello"));
}
RUST
holds <<'END'
kanal: sent: Ok(true)
  the next receive: still waiting
kanal, unbounded: sent: Ok(true)
  the next receive: still waiting
flume: sent: Ok(())
  the next receive: Ok("hello")
async-channel: sent: Ok(())
  the next receive: Ok("hello")
loole: sent: Ok(())
  the next receive: Ok("hello")
tokio: sent: Ok(())
  the next receive: Some("hello")
END
