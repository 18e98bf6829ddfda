#!/usr/bin/env bash
# `Duration::MAX` as a timeout: std 1.95, crossbeam-channel 0.5.17, parking_lot 0.12.5, event-listener 5.4.2, tokio 1.54.1 and async-io 2.6.0 wait without
# a limit; flume 0.11.1, kanal 0.1.1 and compio-runtime 0.9.5 panic at once.
# Guess: all take it for "no limit".
# Why: a deadline is now plus the duration, which overflows; one half takes an overflow for "never", the other half unwraps it.
# Source: flume's and kanal's `Instant::now().checked_add(…).unwrap()`, compio's `Instant::now() + duration`.
. "$(dirname "$0")/run.bash"
rust 'crossbeam-channel = "=0.5.17"' 'parking_lot = "=0.12.5"' 'event-listener = "=5.4.2"' 'flume = "=0.11.1"' 'kanal = "=0.1.1"' \
    'tokio = { version = "=1.54.1", features = ["rt", "time"] }' 'async-io = "=2.6.0"' 'futures-lite = "=2.6.1"' \
    'compio-runtime = { version = "=0.9.5", features = ["time"] }' \
    'compio-driver = { version = "=0.9.2", default-features = false, features = ["polling"] }' <<'RUST'
use event_listener::Listener;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

fn try_it(name: &str, wait: impl FnOnce() + Send + 'static) {
    let (done, ended) = mpsc::channel::<()>();
    let waiting = thread::spawn(move || { let _done = done; wait() });
    let what = match ended.recv_timeout(Duration::from_millis(500)) {
        Err(mpsc::RecvTimeoutError::Timeout) => "waits",
        _ if waiting.join().is_err() => "panics",
        _ => "returns",
    };
    println!("{name:<18}{what}");
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    let max = Duration::MAX;
    try_it("std", move || { let (_s, r) = mpsc::channel::<()>(); let _ = r.recv_timeout(max); });
    try_it("crossbeam-channel", move || { let (_s, r) = crossbeam_channel::bounded::<()>(1); let _ = r.recv_timeout(max); });
    try_it("parking_lot", move || { let m = parking_lot::Mutex::new(()); parking_lot::Condvar::new().wait_for(&mut m.lock(), max); });
    try_it("event-listener", move || { event_listener::Event::<()>::new().listen().wait_timeout(max); });
    try_it("tokio", move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async { tokio::time::sleep(max).await });
    });
    try_it("async-io", move || { futures_lite::future::block_on(async_io::Timer::after(max)); });
    try_it("flume", move || { let (_s, r) = flume::bounded::<()>(1); let _ = r.recv_timeout(max); });
    try_it("kanal", move || { let (_s, r) = kanal::bounded::<()>(1); let _ = r.recv_timeout(max); });
    try_it("compio-runtime", move || { compio_runtime::Runtime::new().unwrap().block_on(async { compio_runtime::time::sleep(max).await }); });
    std::process::exit(0);
}
RUST
holds <<'END'
std               waits
crossbeam-channel waits
parking_lot       waits
event-listener    waits
tokio             waits
async-io          waits
flume             panics
kanal             panics
compio-runtime    panics
END
