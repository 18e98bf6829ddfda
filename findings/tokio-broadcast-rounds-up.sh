#!/usr/bin/env bash
# tokio 1.54.1: a broadcast channel of capacity 3 keeps 4 messages, so a test for "lagged" written for the asked capacity does not lag.
# Guess: the fourth message drops the first.
# Why: the ring's size is a power of two; the capacity is rounded up to it.
# Source: documentation of `tokio::sync::broadcast::channel`.
. "$(dirname "$0")/run.bash"
rust 'tokio = { version = "=1.54.1", features = ["sync"] }' <<'RUST'
fn main() {
    let (send, mut receive) = tokio::sync::broadcast::channel(3);
    for message in 1..=4 {
        send.send(message).unwrap();
    }
    println!("after 4 messages: {:?}", receive.try_recv());
    for message in 5..=6 {
        send.send(message).unwrap();
    }
    println!("after 6 messages, 1 of them received: {:?}", receive.try_recv());
}
RUST
holds <<'END'
after 4 messages: Ok(1)
after 6 messages, 1 of them received: Err(Lagged(1))
END
