//! Eleven operations that Python's global lock makes safe, and what makes them safe in Rust, which has no such lock.
//!
//! Each is hammered from several threads on the type that one would take for it, and what a race would spoil is checked. The
//! checks come in pairs: `append` is the operation as it should be, `append_by` the same check of whatever one gives it. That
//! is how the tests see to it that each of them finds a broken one.

use std::panic::resume_unwind;
use std::sync::Barrier;
use std::thread;

pub mod list;
pub mod map;
pub mod variable;

/// Says who does it how often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// So many threads: for some operations, half of them write and half of them read.
    pub threads: usize,
    /// So many calls on each of them.
    pub calls: usize,
}

/// What a check found: nothing, or what was spoilt.
pub type Checked = Result<(), String>;

/// Holds an operation, and how it is made safe.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// What it is called on the command line.
    pub name: &'static str,
    /// The type that it works on.
    pub on: &'static str,
    /// What makes it safe.
    pub safe_by: &'static str,
    /// What is checked.
    pub checked: &'static str,
    /// Hammers it and checks.
    pub run: fn(Plan) -> Checked,
}

/// All eleven.
pub static ALL: [Operation; 11] = [
    row("append", "Mutex<Vec>", "lock", "none lost, in order", list::append),
    row("extend", "Mutex<Vec>", "lock", "no batch torn apart", list::extend),
    row("index", "RwLock<Vec>", "lock, shared", "no pair half old", list::index),
    row("pop", "Mutex<Vec>", "lock", "each item out once", list::pop),
    row("slice", "&mut [T] chunks", "exclusive borrow", "each place its owner's", list::slice),
    row("sort", "RwLock<Vec>", "lock", "never seen unsorted", list::sort),
    row("assign", "ArcSwap<T>", "swapped pointer", "no value half old", variable::assign),
    row("field", "AtomicUsize", "atomic", "no neighbour lost", variable::field),
    row("item", "SkipMap", "concurrent map", "last value of each key", map::item),
    row("update", "RwLock<HashMap>", "lock", "all of it or nothing", map::update),
    row("keys", "RwLock<HashMap>", "lock, shared", "one key of each pair", map::keys),
];

const fn row(
    name: &'static str,
    on: &'static str,
    safe_by: &'static str,
    checked: &'static str,
    run: fn(Plan) -> Checked,
) -> Operation {
    Operation { name, on, safe_by, checked, run }
}

/// Runs `body(thread)` on every thread, all beginning at once; returns what they return.
fn hammer<R: Send>(plan: Plan, body: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let (body, together) = (&body, &Barrier::new(plan.threads));
    thread::scope(|scope| {
        let start = |thread| {
            scope.spawn(move || {
                together.wait();
                body(thread)
            })
        };
        let threads: Vec<_> = (0..plan.threads).map(start).collect();
        threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    })
}

/// Lets every other thread, the first included, call `write(thread, number of the call)`, and the rest `read()`.
fn write_and_read(
    plan: Plan,
    write: impl Fn(usize, usize) + Sync,
    read: impl Fn() -> Checked + Sync,
) -> Checked {
    let ends = hammer(plan, |thread| {
        if thread % 2 == 0 {
            (0..plan.calls).for_each(|call| write(thread, call));
            return Ok(());
        }
        (0..plan.calls).try_for_each(|_| read())
    });
    ends.into_iter().collect()
}

/// Asks that something holds; says why not, if it does not.
fn ensure(holds: bool, why_not: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(why_not()) }
}
