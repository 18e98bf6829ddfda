#!/usr/bin/env bash
# event-listener 5.4.2: two notifications of one listener each wake one of two listeners, not two.
# Guess: `notify(1)` wakes one; called twice, it wakes both.
# Why: the number says how many listeners are to be in the state "notified", those included that were notified before and have not run yet.
#   `notify_additional(1)` adds to them. Whoever builds a semaphore or a queue on it loses the second signal otherwise.
# Source: documentation of `Event::notify` and `IntoNotification`.
. "$(dirname "$0")/run.bash"
rust 'event-listener = "=5.4.2"' <<'RUST'
use event_listener::{Event, IntoNotification, Listener};
use std::time::Duration;

fn main() {
    for additional in [false, true] {
        let event = Event::new();
        let (first, second) = (event.listen(), event.listen());
        for _ in 0..2 {
            if additional { event.notify(1.additional()) } else { event.notify(1) };
        }
        let moment = Duration::from_millis(300);
        let woken = [first.wait_timeout(moment).is_some(), second.wait_timeout(moment).is_some()];
        println!("additional {additional}: first {}, second {}", woken[0], woken[1]);
    }
}
RUST
holds <<'END'
additional false: first true, second false
additional true: first true, second true
END
