//! The two assignments: to a variable that several threads have, and to a field of an object that
//! they share.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use arc_swap::ArcSwap;

use super::{Checked, Plan, ensure, on_each_thread, write_and_read};

/// A value of several words, all of them alike.
pub type Value = [usize; 8];

/// `x = y`: threads make `x` another value, while others look at it.
///
/// As in Python, the name is made to point at another object. Whoever still looks at the old one
/// keeps it alive.
///
/// # Memory ordering
/// `ArcSwap` sees to it that who finds the pointer finds what it points at.
pub fn assign(plan: Plan) -> Checked {
    let x = ArcSwap::from_pointee([0; 8]);
    assign_by(plan, |value| x.store(Arc::new(value)), || **x.load())
}

/// The check of [`assign`], for any `write` and `read`.
pub fn assign_by(
    plan: Plan,
    write: impl Fn(Value) + Sync,
    read: impl Fn() -> Value + Sync,
) -> Checked {
    let reads = || {
        let value = read();
        ensure(value.iter().all(|word| *word == value[0]), || format!("half old: {value:?}"))
    };
    write_and_read(plan, |thread, call| write([call * plan.threads + thread + 1; 8]), reads)
}

/// `x.field = y`: each thread assigns to a field of its own, of an object that all of them have.
///
/// # Memory ordering
/// `Relaxed`: no field vouches for another, and joining the threads makes their last writes
/// visible.
pub fn field(plan: Plan) -> Checked {
    let object: Vec<_> = (0..plan.threads).map(|_| AtomicUsize::new(0)).collect();
    field_by(
        plan,
        |field, value| object[field].store(value, Relaxed),
        |field| object[field].load(Relaxed),
    )
}

/// The check of [`field`], for any `write` and `read` of the field of that number.
pub fn field_by(
    plan: Plan,
    write: impl Fn(usize, usize) + Sync,
    read: impl Fn(usize) -> usize + Sync,
) -> Checked {
    // Nobody else assigns to it, so it shows what was assigned, at once and in the end.
    let shows = |field, value| {
        ensure(read(field) == value, || format!("an assignment to field {field} is lost"))
    };
    let ends = on_each_thread(plan, |thread| {
        (1..=plan.calls).try_for_each(|value| {
            write(thread, value);
            shows(thread, value)
        })
    });
    ends.into_iter().collect::<Checked>()?;
    (0..plan.threads).try_for_each(|field| shows(field, plan.calls))
}
