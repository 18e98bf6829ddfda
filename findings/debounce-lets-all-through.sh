#!/usr/bin/env bash
# futures-time 3.1.0: `debounce` with a window of 100 ms lets each of six items through that come 20 ms apart, if the stream sleeps between them; of
# its own `interval` of 20 ms, and of six that lie in a closed channel, it gives the last alone, and takes more than four windows for it.
# Guess: the last alone, one window after it, in all cases: what comes before the window is over replaces what waits, and begins the window again.
# Why: after an item `debounce` waits for its timer, and polls the stream again when something wakes it. A stream that has given an item wakes
#   nobody: one that is written with `unfold` or `async` begins its next sleep only when it is polled, here at the end of the window, which nothing
#   disturbs any more; of a channel, and of `interval`, whose next timer has run out by then, one item is taken each window. So what should run
#   once a burst runs for each event, or the later the larger the burst.
# Source: futures-time's stream/debounce.rs, `poll_next`; its documentation of `StreamExt::debounce`; that of `Stream::poll_next`: it is `Pending`
#   that promises to wake the task.
. "$(dirname "$0")/run.bash"
rust 'futures-time = "=3.1.0"' 'futures = "=0.3.34"' 'async-channel = "=2.5.0"' <<'RUST'
use futures::executor::block_on;
use futures::{stream, Stream, StreamExt as _};
use futures_time::stream::StreamExt as _;
use futures_time::task::sleep;
use futures_time::time::Duration;

fn show(name: &str, items: impl Stream<Item = u32>) {
    let begun = std::time::Instant::now();
    let given: Vec<u32> = block_on(items.debounce(Duration::from_millis(100)).collect());
    println!("{name}: {given:?}, after more than four windows: {}", begun.elapsed().as_millis() > 400);
}

fn main() {
    let apart = Duration::from_millis(20);
    let sleeps = stream::unfold(1, move |number| async move {
        sleep(apart).await;
        (number <= 6).then_some((number, number + 1))
    });
    show("a stream that sleeps", sleeps);
    show("interval", futures_time::stream::interval(apart).zip(stream::iter(1..=6)).map(|(_, number)| number));
    let (sender, receiver) = async_channel::unbounded();
    (1..=6).for_each(|number| sender.try_send(number).unwrap());
    drop(sender);
    show("a closed channel", receiver);
}
RUST
holds <<'END'
a stream that sleeps: [1, 2, 3, 4, 5, 6], after more than four windows: true
interval: [6], after more than four windows: true
a closed channel: [6], after more than four windows: true
END
