#!/usr/bin/env bash
# scc 3.8.8: an iteration over a `HashIndex` into which keys are inserted meanwhile gives keys twice that were there all the time; papaya 0.2.5 gives each once.
# Guess: what comes in between may be seen or not; what was there before and stays is seen once, as in every other map with such an iterator.
# Why: the insertions make a larger table, and what the iteration has given moves there as well. Where the old table ends the iteration goes on with the
#   new one, from its beginning. None is missed. A sum or a count over it is too large now and then, when somebody else's insertion made the table
#   grow; what must be counted once is counted by its key.
# Source: documentation of `scc::HashIndex::iter`, on resizing.
. "$(dirname "$0")/run.bash"
rust 'scc = "=3.8.8"' 'papaya = "=0.2.5"' <<'RUST'
use std::collections::BTreeMap;

const OLD: u32 = 20;

// Counts how often each of the old keys comes, while 2 000 are inserted after the fifth.
fn report(map: &str, keys: impl Iterator<Item = u32>, insert: impl Fn(u32)) {
    let mut seen = BTreeMap::new();
    for (position, key) in keys.enumerate() {
        if key < OLD {
            *seen.entry(key).or_insert(0) += 1;
        }
        if position == 4 {
            (1000..3000).for_each(&insert);
        }
    }
    let twice = seen.values().filter(|times| **times == 2).count();
    println!("{map}: of {OLD} keys that stay {} were seen, {twice} of them twice", seen.len());
}

fn main() {
    let map = scc::HashIndex::new();
    (0..OLD).for_each(|key| map.insert_sync(key, ()).unwrap());
    let guard = scc::Guard::new();
    report("scc", map.iter(&guard).map(|(key, _)| *key), |key| map.insert_sync(key, ()).unwrap());

    let map = papaya::HashMap::new();
    let map = map.pin();
    (0..OLD).for_each(|key| _ = map.insert(key, ()));
    report("papaya", map.iter().map(|(key, _)| *key), |key| _ = map.insert(key, ()));
}
RUST
holds <<'END'
scc: of 20 keys that stay 20 were seen, 5 of them twice
papaya: of 20 keys that stay 20 were seen, 0 of them twice
END
