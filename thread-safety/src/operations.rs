//! Eleven operations that Python's global lock makes safe, and what makes them safe in Rust, which
//! has no such lock.
//!
//! Each is called from several threads on the type that one would take for it. [`check`] records
//! short histories of it, and [`history`] looks whether they are linearizable.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use arc_swap::ArcSwap;

use crate::history::{self, Call, Checked, Plan};
use crate::real::lane::lock;

pub mod check;

/// An operation, and how it is made safe.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// Its name on the command line.
    pub name: &'static str,
    /// The type that it works on.
    pub on: &'static str,
    /// What makes it safe.
    pub safe_by: &'static str,
    /// What is checked.
    pub checked: &'static str,
    /// Calls it from several threads, and checks.
    pub run: fn(Plan) -> Checked,
    /// What makes it safe, in a sentence.
    pub story: &'static str,
}

macro_rules! operations {
    ($(
        $name:literal, $on:literal, $safe_by:literal, $checked:literal, $story:literal, $run:expr;
    )*) => {
        /// All eleven.
        pub static ALL: [Operation; 11] = [$(Operation {
            name: $name,
            on: $on,
            safe_by: $safe_by,
            checked: $checked,
            story: $story,
            run: $run,
        }),*];
    };
}

// A `Vec` alone is as safe: a change takes `&mut`, an exclusive borrow, or does not compile. The
// lock lends it to one thread after another. A lock for each shard makes each operation on one key
// safe; an update or a listing of several keys takes a lock around the whole. (crossbeam's `SkipMap`
// will not do for `item`: its `insert` removes a key that is there before it puts it in again.)
operations! {
    "append", "Mutex<Vec>", "lock", "none lost, in order",
        "`push` under a mutex: no thread writes over an item that another one has appended.",
        |plan| check::append(plan, |list, item| lock(list).push(item));
    "extend", "Mutex<Vec>", "lock", "no batch torn apart",
        "A whole batch is appended under one lock, so batches of different threads do not mix.",
        |plan| check::extend(plan, |list, batch| lock(list).extend_from_slice(batch));
    "index", "RwLock<Vec>", "lock, shared", "no pair half old",
        "Readers share the lock and writers exclude them, so no reader sees half of a write.",
        |plan| check::index(plan, |list, pair| write(list)[0] = pair, |list| read(list)[0]);
    "pop", "Mutex<Vec>", "lock", "each item out once",
        "The last item is taken under a mutex, so no two threads get the same one.",
        |plan| check::pop(plan, |list| lock(list).pop());
    "slice", "&mut [T] chunks", "exclusive borrow", "each place its owner's",
        "Each thread borrows a part of its own from `chunks_mut`: no lock, and no way into \
         another's part.",
        |plan| check::slice(plan, |list, parts| list.chunks_mut(list.len() / parts).collect());
    "sort", "RwLock<Vec>", "lock", "never seen unsorted",
        "The list is sorted under the exclusive lock, so no reader sees it half sorted.",
        |plan| {
            let change_and_sort = |list: &RwLock<Vec<usize>>, number| {
                let mut list = write(list);
                list[0] = number;
                list.sort_unstable();
            };
            check::sort(plan, change_and_sort, |list| read(list).clone())
        };
    "assign", "ArcSwap<T>", "swapped pointer", "no value half old",
        "A pointer to a new value is swapped in atomically, so a reader has the old value or the \
         new one.",
        |plan| {
            let write = |x: &ArcSwap<_>, value| x.store(Arc::new(value));
            check::assign(plan, ArcSwap::from_pointee, write, |x| **x.load())
        };
    "field", "AtomicUsize", "atomic", "no neighbour lost",
        "Each field is an atomic of its own, so assigning one does not undo its neighbour's \
         assignment.",
        |plan| {
            // Relaxed: no field publishes another one.
            let set = |object: &[AtomicUsize; 2], at: usize, value| object[at].store(value, Relaxed);
            check::field(plan, set, |object, at| object[at].load(Relaxed))
        };
    "item", "[RwLock<Map>]", "lock a shard", "last value of each key",
        "Each key belongs to one of several maps, each under a lock of its own, as in concurrent \
         maps.",
        |plan| {
            type Shards = [check::Map; 4];
            let set = |shards: &Shards, key: usize, value| {
                write(&shards[key % shards.len()]).insert(key, value);
            };
            check::item(plan, set, |shards, key| {
                read(&shards[key % shards.len()]).get(&key).copied()
            })
        };
    "update", "RwLock<HashMap>", "lock", "all of it or nothing",
        "All keys are set under one lock, so a reader sees the whole update or nothing of it.",
        |plan| {
            let other = |value| (0..check::KEYS).map(move |key| (key, value));
            let update = |map: &check::Map, value| write(map).extend(other(value));
            check::update(plan, update, |map| read(map).values().copied().collect())
        };
    "keys", "RwLock<HashMap>", "lock, shared", "one key of each pair",
        "The keys are listed under the shared lock, while no thread can replace one.",
        |plan| {
            let replace = |map: &check::Map, old, new| {
                let mut map = write(map);
                map.remove(&old);
                map.insert(new, 0);
            };
            check::keys(plan, replace, |map| read(map).keys().copied().collect())
        };
}

/// What becomes of an append on one thread, and then a read on another one, of a copy that is renewed
/// only after that.
#[derive(Debug, PartialEq, Eq)]
pub struct OutOfDate {
    /// What is there in the end: nothing is lost, and no value is torn.
    pub end: Vec<u8>,
    /// What the read has returned.
    pub seen: Vec<u8>,
    /// Whether an order of the two calls explains that.
    pub linearizable: bool,
}

/// Appends, and reads a copy that is out of date.
pub fn from_a_copy() -> OutOfDate {
    let (list, copy) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
    history::on_each_thread(1, |_| lock(&list).push(1));
    let seen = history::on_each_thread(1, |_| lock(&copy).clone()).concat();
    lock(&copy).clone_from(&lock(&list));
    // `Some` appends and returns nothing, `None` reads the whole.
    let apply = |list: &mut Vec<_>, operation: &Option<u8>| match operation {
        Some(item) => {
            list.push(*item);
            Vec::new()
        }
        None => list.clone(),
    };
    let history = [
        Call { operation: Some(1), result: Vec::new(), began: 0, ended: 1 },
        Call { operation: None, result: seen.clone(), began: 2, ended: 3 },
    ];
    let linearizable = history::order(Vec::new(), &history, apply).is_some();
    OutOfDate { end: lock(&copy).clone(), seen, linearizable }
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
