#!/usr/bin/env bash
# compio-runtime 0.9.5, async-executor 1.14.1, tokio 1.54.1: a spawned task whose handle is dropped runs on in one of three; in two it never begins.
# Guess: compio's runtime copies tokio's face (`spawn`, `JoinHandle`-like), so its task runs on.
# Why: compio and async-executor give the `Task` of async-task, whose drop cancels; `detach` lets it go. tokio's JoinHandle detaches on drop.
# Source: documentation of `compio_runtime::spawn`, `async_task::Task`, `tokio::task::JoinHandle`.
. "$(dirname "$0")/run.bash"
rust 'compio-runtime = { version = "=0.9.5", features = ["time"] }' \
    'compio-driver = { version = "=0.9.2", default-features = false, features = ["polling"] }' \
    'async-executor = "=1.14.1"' 'futures-lite = "=2.6.1"' 'tokio = { version = "=1.54.1", features = ["rt"] }' <<'RUST'
use std::cell::Cell;
use std::rc::Rc;

fn main() {
    let ran = Rc::new(Cell::new(false));
    let task = |ran: &Rc<Cell<bool>>| { let ran = Rc::clone(ran); async move { ran.set(true) } };

    compio_runtime::Runtime::new().unwrap().block_on(async {
        drop(compio_runtime::spawn(task(&ran)));
        compio_runtime::time::sleep(std::time::Duration::from_millis(100)).await;
    });
    println!("compio-runtime  ran {}", ran.take());

    let executor = async_executor::LocalExecutor::new();
    drop(executor.spawn(task(&ran)));
    while executor.try_tick() {}
    println!("async-executor  ran {}", ran.take());

    let local = tokio::task::LocalSet::new();
    drop(local.spawn_local(task(&ran)));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(local);
    println!("tokio           ran {}", ran.take());
}
RUST
holds <<'END'
compio-runtime  ran false
async-executor  ran false
tokio           ran true
END
