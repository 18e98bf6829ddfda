#!/usr/bin/env bash
# futures-channel 0.3.34: `mpsc::channel(0)` is no rendezvous: each clone of the sender may leave one message that nobody waits for.
# Guess: as with std's `sync_channel(0)` and flume's `bounded(0)`, a message is refused while no receiver takes it.
# Why: the capacity is the buffer's and one place a sender, kept for it, so that a sender that was promised room has it. A fresh clone for each
#   message makes the channel unbounded.
# Source: documentation of `futures_channel::mpsc::channel`.
. "$(dirname "$0")/run.bash"
rust 'futures-channel = { version = "=0.3.34", features = ["sink"] }' 'flume = "=0.11.1"' <<'RUST'
fn main() {
    let (send, mut receive) = futures_channel::mpsc::channel(0);
    let mut senders: Vec<_> = (0..3).map(|_| send.clone()).collect();
    let first = senders.iter_mut().map(|sender| sender.try_send(1).is_ok()).collect::<Vec<_>>();
    let second = senders.iter_mut().map(|sender| sender.try_send(2).is_ok()).collect::<Vec<_>>();
    println!("futures, 3 senders: first {first:?}, second {second:?}");
    let waiting = std::iter::from_fn(|| receive.try_recv().ok()).count();
    println!("messages in a channel of 0: {waiting}");
    let (send, _receive) = flume::bounded(0);
    println!("flume: {}", send.try_send(1).is_ok());
    println!("std: {}", std::sync::mpsc::sync_channel(0).0.try_send(1).is_ok());
}
RUST
holds <<'END'
futures, 3 senders: first [true, true, true], second [false, false, false]
messages in a channel of 0: 3
flume: false
std: false
END
