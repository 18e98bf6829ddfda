#!/usr/bin/env bash
# papaya 0.2.5, crossbeam-skiplist 0.1.3: two threads call `get_or_insert_with` for a key that is not there; both closures run, one of the two values is
# thrown away. dashmap 6.2.1 (`entry`), scc 3.8.8 and quick_cache 0.7.0 run one, and the second thread waits for its value.
# Guess: the closure runs once for a key, which is what such a function is for; with `get` and `insert` two would run.
# Why: neither map has a lock that a thread could hold while its closure runs. The closure makes a value, then the map tries to insert it, and whoever
#   comes second gets the first one's. Both callers see one value, but what the closure did beside it (open a file, start a thread, count) was done twice.
#   A `OnceLock` as the value runs one closure.
# Source: papaya's raw map, `try_insert_with`; its documentation does not say how often the closure is called, that of crossbeam-skiplist does: the result
#   may be discarded.
. "$(dirname "$0")/run.bash"
rust 'papaya = "=0.2.5"' 'crossbeam-skiplist = "=0.1.3"' 'dashmap = "=6.2.1"' 'scc = "=3.8.8"' 'quick_cache = "=0.7.0"' <<'RUST'
use std::{
    sync::{Barrier, Condvar, Mutex},
    thread,
    time::Duration,
};

/// Two threads ask a map for one key; a closure waits for the other one, for a second at most. Its value is its number.
fn ask(map: &str, get: impl Fn(&dyn Fn() -> u32) -> u32 + Sync) {
    let (both, count, came) = (Barrier::new(2), Mutex::new(0), Condvar::new());
    let value = || {
        let mut count = count.lock().unwrap();
        *count += 1;
        came.notify_all();
        let mine = *count;
        let _ = came.wait_timeout_while(count, Duration::from_secs(1), |count| *count < 2).unwrap();
        mine
    };
    let ask = || {
        both.wait();
        get(&value)
    };
    let (one, other) = thread::scope(|scope| {
        let one = scope.spawn(ask);
        (ask(), one.join().unwrap())
    });
    println!("{map}: closures that ran: {}; one value for both: {}", count.lock().unwrap(), one == other);
}

fn main() {
    let map = papaya::HashMap::new();
    ask("papaya", |value| *map.pin().get_or_insert_with("key", value));
    let map = crossbeam_skiplist::SkipMap::new();
    ask("crossbeam-skiplist", |value| *map.get_or_insert_with("key", value).value());
    let map = dashmap::DashMap::new();
    ask("dashmap", |value| *map.entry("key").or_insert_with(value));
    let map = scc::HashMap::new();
    ask("scc", |value| *map.entry_sync("key").or_insert_with(value).get());
    let cache = quick_cache::sync::Cache::new(10);
    ask("quick_cache", |value| cache.get_or_insert_with(&"key", || Ok::<_, ()>(value())).unwrap());
}
RUST
holds <<'END'
papaya: closures that ran: 2; one value for both: true
crossbeam-skiplist: closures that ran: 2; one value for both: true
dashmap: closures that ran: 1; one value for both: true
scc: closures that ran: 1; one value for both: true
quick_cache: closures that ran: 1; one value for both: true
END
