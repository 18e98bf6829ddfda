#!/usr/bin/env bash
# crossbeam-skiplist 0.1.3: a value that was removed is not dropped, with one thread and no reader, not even when its map is.
# Guess: the destructor runs when the entry that `remove` returns is dropped, since nobody else can see the value; at the latest with the map.
# Why: a removed node is handed to the epoch collector, which frees it when the epoch has advanced twice. That takes later operations of that kind, in
#   whatever map; without them it is never. What the map still holds is dropped with it at once. So a value that has to be closed or flushed is no
#   value for it: whoever removes it has to do that himself.
# Source: documentation of crossbeam-epoch (`Guard::defer`: no promise when, or whether); crossbeam-skiplist's base.rs.
. "$(dirname "$0")/run.bash"
rust 'crossbeam-skiplist = "=0.1.3"' <<'RUST'
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

use crossbeam_skiplist::SkipMap;

static DROPPED: AtomicU32 = AtomicU32::new(0);

struct Value;

impl Drop for Value {
    fn drop(&mut self) {
        DROPPED.fetch_add(1, SeqCst);
    }
}

fn main() {
    let dropped = || DROPPED.load(SeqCst);
    let map = SkipMap::new();
    map.insert(1, Value);
    map.insert(2, Value);
    drop(map.remove(&1));
    println!("removed 1 of 2: {} dropped", dropped());
    drop(map);
    println!("and the map is gone: {} dropped", dropped());
    let other = SkipMap::new();
    for number in 0..1000 {
        other.insert(number, ());
        other.remove(&number);
    }
    println!("1000 removals from another map later: {} dropped", dropped());
}
RUST
holds <<'END'
removed 1 of 2: 0 dropped
and the map is gone: 1 dropped
1000 removals from another map later: 2 dropped
END
