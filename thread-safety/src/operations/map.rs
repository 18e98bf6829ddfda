//! The operations on a dictionary.
//!
//! A concurrent map makes each operation on one key safe by itself. What concerns several keys at
//! once, as an update or a look at all of them does, wants a lock around the whole.

use std::collections::HashMap;
use std::sync::RwLock;

use crossbeam_skiplist::SkipMap;

use super::{Checked, Plan, ensure, on_each_thread, write_and_read};

/// The number of keys that an update sets, and that each thread has for `item`.
pub const KEYS: usize = 8;

/// `d[k] = v`: each thread sets its own keys, of a map that all of them have.
pub fn item(plan: Plan) -> Checked {
    let map = SkipMap::new();
    let set = |key, value| drop(map.insert(key, value));
    item_by(plan, set, |key| map.get(&key).map(|entry| *entry.value()))
}

/// The check of [`item`], for any `set` and `get`.
pub fn item_by(
    plan: Plan,
    set: impl Fn((usize, usize), usize) + Sync,
    get: impl Fn((usize, usize)) -> Option<usize> + Sync,
) -> Checked {
    on_each_thread(plan, |thread| {
        (0..plan.calls).for_each(|call| set((thread, call % KEYS), call));
    });
    let firsts = plan.calls.saturating_sub(KEYS)..plan.calls;
    let lasts = (0..plan.threads).flat_map(|thread| firsts.clone().map(move |call| (thread, call)));
    for (thread, call) in lasts {
        let found = get((thread, call % KEYS));
        ensure(found == Some(call), || {
            format!("t{} set {call}, and {found:?} is there", thread + 1)
        })?;
    }
    Ok(())
}

/// The map that is updated and listed.
pub type Map = RwLock<HashMap<usize, usize>>;

/// `d.update(other)`: threads set all keys to one value under the lock, while others look at all of
/// them.
pub fn update(plan: Plan) -> Checked {
    let set_all = |map: &Map, value| {
        let other = (0..KEYS).map(|key| (key, value));
        super::write(map).extend(other);
    };
    update_by(plan, set_all, |map| super::read(map).values().copied().collect())
}

/// The check of [`update`], for any way to set all keys to one value, and to read all values.
pub fn update_by(
    plan: Plan,
    set_all: impl Fn(&Map, usize) + Sync,
    values: impl Fn(&Map) -> Vec<usize> + Sync,
) -> Checked {
    let map = Map::new((0..KEYS).map(|key| (key, 0)).collect());
    let reads = || {
        let seen = values(&map);
        ensure(seen.iter().all(|value| *value == seen[0]), || {
            format!("a part of an update: {seen:?}")
        })
    };
    write_and_read(plan, |thread, call| set_all(&map, call * plan.threads + thread + 1), reads)
}

/// `list(d.keys())`: threads list the keys under the shared lock, while others put each a key in
/// the place of another.
///
/// [`SkipMap`] would not do: it can be iterated while it is changed, and an iteration may meet both
/// keys, or none.
pub fn keys(plan: Plan) -> Checked {
    let replace = |map: &Map, old, new| {
        let mut map = super::write(map);
        map.remove(&old);
        map.insert(new, 0);
    };
    keys_by(plan, replace, |map| super::read(map).keys().copied().collect())
}

/// The check of [`keys`], for any way to put a key in the place of another, and to list all keys.
pub fn keys_by(
    plan: Plan,
    replace: impl Fn(&Map, usize, usize) + Sync,
    keys: impl Fn(&Map) -> Vec<usize> + Sync,
) -> Checked {
    // Each writer has two keys, one of which is there: 0 or 1, 2 or 3, and so on.
    let writers = plan.threads.div_ceil(2);
    let map = Map::new((0..writers).map(|writer| (2 * writer, 0)).collect());
    let writes = |thread: usize, call| {
        let (even, odd) = (thread, thread + 1);
        if call % 2 == 0 { replace(&map, even, odd) } else { replace(&map, odd, even) }
    };
    let reads = || {
        let mut seen = keys(&map);
        seen.sort_unstable();
        let pairs = seen.iter().map(|key| key / 2);
        ensure(pairs.eq(0..writers), || format!("not one of each pair: {seen:?}"))
    };
    write_and_read(plan, writes, reads)
}
