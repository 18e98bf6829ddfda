#!/usr/bin/env bash
# flume 0.12.0, kanal 0.1.1, async-channel 2.5.0, crossbeam-channel 0.5.17 (bounded), tachyonix 0.3.1, thingbuf 0.1.6, postage 0.5.0: what lies in a channel
# when its last receiver is dropped stays there until the senders are dropped, too. std 1.95, crossbeam-channel (unbounded), tokio 1.54.1, futures 0.3.34,
# async-broadcast 0.7.2 drop it with the receiver.
# Guess: nobody can receive it any more, so all drop it at once, and the sender of a reply that travels in a request is dropped with it.
# Why: the queue belongs to both ends. To empty it early is work of its own: crossbeam has it for one of its two queues, std, which has the same code,
#   for both. Whoever asks a server that dies waits for ever for a reply that nobody will send or refuse, as long as he keeps the sender for the next
#   request; the next `send` fails, but he never gets to it.
# Source: documentation of tokio::sync::mpsc, "Disconnection"; flume's issue 89; crossbeam's pull requests 669 (unbounded) and 1121 (bounded: merged, and not
#   yet in 0.5.17).
. "$(dirname "$0")/run.bash"
rust 'async-broadcast = "=0.7.2"' 'async-channel = "=2.5.0"' 'crossbeam-channel = "=0.5.17"' 'flume = "=0.12.0"' 'futures-channel = "=0.3.34"' \
    'kanal = "=0.1.1"' 'postage = { version = "=0.5.0", default-features = false }' 'tachyonix = "=0.3.1"' 'thingbuf = "=0.1.6"' \
    'tokio = { version = "=1.54.1", features = ["sync"] }' <<'RUST'
use std::sync::mpsc::{channel, sync_channel, Sender, TryRecvError};

use postage::sink::Sink;

// A request is where the reply goes (optional, because thingbuf fills its slots with defaults).
type Request = Option<Sender<u32>>;

// `serve_none` sends the request, drops the receiver, and gives the sender back, which the asker keeps.
fn ask<Kept>(name: &str, serve_none: impl FnOnce(Request) -> Kept) {
    let (reply, answer) = channel();
    let _kept = serve_none(Some(reply));
    println!("{name:24} {}", match answer.try_recv() {
        Err(TryRecvError::Disconnected) => "the asker is told",
        Err(TryRecvError::Empty) => "the asker waits",
        Ok(_) => unreachable!(),
    });
}

macro_rules! gone {
    ($name:expr, $channel:expr, $send:expr) => {
        ask($name, |request| {
            #[allow(unused_mut)]
            let (mut sender, receiver) = $channel;
            if $send(&mut sender, request).is_err() { unreachable!() }
            drop(receiver);
            sender
        })
    };
}

fn main() {
    gone!("std", channel(), |sender: &mut Sender<_>, request| sender.send(request));
    gone!("std, bounded", sync_channel(4), |sender: &mut std::sync::mpsc::SyncSender<_>, request| sender.try_send(request));
    gone!("crossbeam", crossbeam_channel::unbounded(), |sender: &mut crossbeam_channel::Sender<_>, request| sender.send(request));
    gone!("crossbeam, bounded", crossbeam_channel::bounded(4), |sender: &mut crossbeam_channel::Sender<_>, request| sender.send(request));
    gone!("tokio", tokio::sync::mpsc::channel(4), |sender: &mut tokio::sync::mpsc::Sender<_>, request| sender.try_send(request));
    gone!("futures", futures_channel::mpsc::channel(4), |sender: &mut futures_channel::mpsc::Sender<_>, request| sender.try_send(request));
    gone!("async-broadcast", async_broadcast::broadcast(4), |sender: &mut async_broadcast::Sender<_>, request| sender.try_broadcast(request));
    gone!("flume", flume::unbounded(), |sender: &mut flume::Sender<_>, request| sender.send(request));
    gone!("flume, bounded", flume::bounded(4), |sender: &mut flume::Sender<_>, request| sender.send(request));
    gone!("kanal", kanal::bounded(4), |sender: &mut kanal::Sender<_>, request| sender.send(request));
    gone!("async-channel", async_channel::bounded(4), |sender: &mut async_channel::Sender<_>, request| sender.try_send(request));
    gone!("tachyonix", tachyonix::channel(4), |sender: &mut tachyonix::Sender<_>, request| sender.try_send(request));
    gone!("thingbuf", thingbuf::mpsc::channel(4), |sender: &mut thingbuf::mpsc::Sender<_>, request| sender.try_send(request));
    gone!("postage", postage::mpsc::channel(4), |sender: &mut postage::mpsc::Sender<_>, request| sender.try_send(request));
}
RUST
holds <<'END'
std                      the asker is told
std, bounded             the asker is told
crossbeam                the asker is told
crossbeam, bounded       the asker waits
tokio                    the asker is told
futures                  the asker is told
async-broadcast          the asker is told
flume                    the asker waits
flume, bounded           the asker waits
kanal                    the asker waits
async-channel            the asker waits
tachyonix                the asker waits
thingbuf                 the asker waits
postage                  the asker waits
END
