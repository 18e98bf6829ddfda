#!/usr/bin/env bash
# tokio 1.54.1, futures 0.3.34: `recv().now_or_never()` says that nothing is there when the channel has 72 messages.
# Guess: it is a `try_recv` for futures, and drains the 200.
# Why: a task has a budget of 128 operations for each time that it is polled. Then everything of tokio's is pending until the task has yielded, so
#   one poll does not tell whether there is something. `try_recv` has no budget; `tokio::task::unconstrained` takes it away.
# Source: tokio's documentation, module `task::coop`.
. "$(dirname "$0")/run.bash"
rust 'tokio = { version = "=1.54.1", features = ["rt", "sync"] }' 'futures = "=0.3.34"' <<'RUST'
use futures::FutureExt;
use tokio::sync::mpsc::unbounded_channel;

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let task = runtime.spawn(async {
        let (sender, mut receiver) = unbounded_channel();
        (0..200).for_each(|number| sender.send(number).unwrap());
        let mut drained = 0;
        while let Some(Some(_)) = receiver.recv().now_or_never() {
            drained += 1;
        }
        println!("one poll each: {drained} drained, {} still there", receiver.len());
        println!("try_recv, next: {:?}", receiver.try_recv());
        tokio::task::yield_now().await;
        println!("after a yield: {:?}", receiver.recv().now_or_never());
    });
    runtime.block_on(task).unwrap();
}
RUST
holds <<'END'
one poll each: 128 drained, 72 still there
try_recv, next: Ok(128)
after a yield: Some(Some(129))
END
