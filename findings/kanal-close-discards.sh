#!/usr/bin/env bash
# kanal 0.1.1: `close` throws away what was sent and not yet received; dropping the last sender keeps it.
# Guess: a closed channel takes nothing more, and hands out what is in it, as async-channel's `close` and a drop do; so "send, close" loses nothing.
# Why: `close` closes both sides, and clears the queue under the same lock. A sender that means "that was all" is to be dropped.
# Source: kanal's lib.rs, `close`; its documentation says that both sides are closed, and names no messages.
. "$(dirname "$0")/run.bash"
rust 'kanal = "=0.1.1"' 'async-channel = "=2.5.0"' <<'RUST'
fn main() {
    let (sender, receiver) = kanal::bounded(2);
    sender.send(1).unwrap();
    sender.close().unwrap();
    println!("kanal, closed: {:?}", receiver.recv());
    let (sender, receiver) = kanal::bounded(2);
    sender.send(1).unwrap();
    drop(sender);
    println!("kanal, dropped: {:?}", receiver.recv());
    let (sender, receiver) = async_channel::bounded(2);
    sender.try_send(1).unwrap();
    sender.close();
    println!("async-channel, closed: {:?}", receiver.recv_blocking());
}
RUST
holds <<'END'
kanal, closed: Err(Closed)
kanal, dropped: Ok(1)
async-channel, closed: Ok(1)
END
