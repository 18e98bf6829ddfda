//! Eleven operations that Python's global lock makes safe, and what makes them safe in Rust, which
//! has no such lock.
//!
//! Each is called from several threads on the type that one would take for it, and what a race would
//! spoil is checked; a check returns what was spoilt. The checks come in pairs: `append` checks the
//! operation as it should be, `append_by` any other one that it is given. So the tests see that each
//! check finds a broken operation.

use std::panic::resume_unwind;
use std::sync::{
    Barrier, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard,
};
use std::thread;

pub mod list;
pub mod map;
pub mod variable;

/// A plan: on how many threads an operation is called how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The number of threads; for some operations, half of them write and half of them read.
    pub threads: usize,
    /// The number of calls on each of them.
    pub calls: usize,
}

/// What a check found: nothing, or what was spoilt.
pub type Checked = Result<(), String>;

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
        $run:path: $name:literal, $on:literal, $safe_by:literal, $checked:literal, $story:literal;
    )*) => {
        /// All eleven.
        pub static ALL: [Operation; 11] = [$(Operation {
            name: $name,
            on: $on,
            safe_by: $safe_by,
            checked: $checked,
            run: $run,
            story: $story,
        }),*];
    };
}

operations! {
    list::append: "append", "Mutex<Vec>", "lock", "none lost, in order",
        "`push` under a mutex: no thread writes over an item that another one has appended.";
    list::extend: "extend", "Mutex<Vec>", "lock", "no batch torn apart",
        "A whole batch is appended under one lock, so batches of different threads do not mix.";
    list::index: "index", "RwLock<Vec>", "lock, shared", "no pair half old",
        "Readers share the lock and writers exclude them, so no reader sees half of a write.";
    list::pop: "pop", "Mutex<Vec>", "lock", "each item out once",
        "The last item is taken under a mutex, so no two threads get the same one.";
    list::slice: "slice", "&mut [T] chunks", "exclusive borrow", "each place its owner's",
        "Each thread borrows a part of its own from `chunks_mut`: no lock, and no way into \
         another's part.";
    list::sort: "sort", "RwLock<Vec>", "lock", "never seen unsorted",
        "The list is sorted under the exclusive lock, so no reader sees it half sorted.";
    variable::assign: "assign", "ArcSwap<T>", "swapped pointer", "no value half old",
        "A pointer to a new value is swapped in atomically, so a reader has the old value or the \
         new one.";
    variable::field: "field", "AtomicUsize", "atomic", "no neighbour lost",
        "Each field is an atomic of its own, so assigning one does not undo its neighbour's \
         assignment.";
    map::item: "item", "SkipMap", "concurrent map", "last value of each key",
        "The concurrent map inserts each key atomically, so no thread loses the key of another.";
    map::update: "update", "RwLock<HashMap>", "lock", "all of it or nothing",
        "All keys are set under one lock, so a reader sees the whole update or nothing of it.";
    map::keys: "keys", "RwLock<HashMap>", "lock, shared", "one key of each pair",
        "The keys are listed under the shared lock, while no thread can replace one.";
}

/// Runs `body(thread)` on every thread, all starting together; returns what they return.
fn on_each_thread<R: Send>(plan: Plan, body: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let (body, together) = (&body, &Barrier::new(plan.threads));
    thread::scope(|scope| {
        let start = |thread| {
            scope.spawn(move || {
                together.wait();
                body(thread)
            })
        };
        let threads: Vec<_> = (0..plan.threads).map(start).collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}

/// Lets every other thread, the first included, call `write(thread, number of the call)`, and the
/// rest `read()`.
fn write_and_read(
    plan: Plan,
    write: impl Fn(usize, usize) + Sync,
    read: impl Fn() -> Checked + Sync,
) -> Checked {
    let ends = on_each_thread(plan, |thread| {
        if thread % 2 == 0 {
            (0..plan.calls).for_each(|call| write(thread, call));
            return Ok(());
        }
        (0..plan.calls).try_for_each(|_| read())
    });
    ends.into_iter().collect()
}

/// Returns an error if something does not hold.
fn ensure(holds: bool, why_not: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(why_not()) }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
