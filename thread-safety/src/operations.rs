//! Eleven operations that Python's global lock makes safe, and what makes them safe in Rust, which
//! has no such lock.
//!
//! Each is hammered from several threads on the type that one would take for it, and what a race
//! would spoil is checked. The checks come in pairs: `append` is the operation as it should be,
//! `append_by` the same check of whatever one gives it. That is how the tests see to it that each
//! of them finds a broken one.

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
    /// What makes it safe, in a sentence.
    pub story: &'static str,
    /// Hammers it and checks.
    pub run: fn(Plan) -> Checked,
}

/// All eleven.
pub static ALL: [Operation; 11] = [
    row("append", "Mutex<Vec>", "lock", "none lost, in order", list::append).story(
        "`push` under a mutex: no thread writes over an item that another one \
         has appended.",
    ),
    row("extend", "Mutex<Vec>", "lock", "no batch torn apart", list::extend).story(
        "A whole batch is appended under one lock, so batches of different \
         threads do not mix.",
    ),
    row("index", "RwLock<Vec>", "lock, shared", "no pair half old", list::index).story(
        "Readers share the lock and writers exclude them, so no reader sees half \
         of a write.",
    ),
    row("pop", "Mutex<Vec>", "lock", "each item out once", list::pop)
        .story("The last item is taken under a mutex, so no two threads get the same one."),
    row("slice", "&mut [T] chunks", "exclusive borrow", "each place its owner's", list::slice)
        .story(
            "Each thread borrows a part of its own from `chunks_mut`: no lock, and \
         no way into another's part.",
        ),
    row("sort", "RwLock<Vec>", "lock", "never seen unsorted", list::sort).story(
        "The list is sorted under the exclusive lock, so no reader sees it half \
         sorted.",
    ),
    row("assign", "ArcSwap<T>", "swapped pointer", "no value half old", variable::assign).story(
        "A pointer to a new value is swapped in atomically, so a reader has the \
         old value or the new one.",
    ),
    row("field", "AtomicUsize", "atomic", "no neighbour lost", variable::field).story(
        "Each field is an atomic of its own, so assigning one does not undo its \
         neighbour's assignment.",
    ),
    row("item", "SkipMap", "concurrent map", "last value of each key", map::item).story(
        "The concurrent map inserts each key atomically, so no thread loses the \
         key of another.",
    ),
    row("update", "RwLock<HashMap>", "lock", "all of it or nothing", map::update).story(
        "All keys are set under one lock, so a reader sees the whole update or \
         nothing of it.",
    ),
    row("keys", "RwLock<HashMap>", "lock, shared", "one key of each pair", map::keys)
        .story("The keys are listed under the shared lock, while no thread can replace one."),
];

const fn row(
    name: &'static str,
    on: &'static str,
    safe_by: &'static str,
    checked: &'static str,
    run: fn(Plan) -> Checked,
) -> Operation {
    Operation { name, on, safe_by, checked, story: "", run }
}

impl Operation {
    const fn story(mut self, story: &'static str) -> Self {
        self.story = story;
        self
    }
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
