//! The lesson `recursive`.

use std::sync::OnceLock;

use singleton::Config;
use singleton::panic::Got;
use singleton::real::mutex::Locked;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;
use singleton::recursive::{asks_itself, cell_asks_itself, config_and_log, lazy_lock_asks_itself};
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("recursive", "an initialiser that asks for its own value")
        .story("The thread that it waits for is its own; two may wait for each other.")
        .source("singleton/src/recursive.rs")
        .variants(variants)
}

fn variants() -> [Variant; 8] {
    [
        Variant::deadlocks("once-lock", asks_itself::<OnceLock<Config>>)
            .story("The OnceLock blocks until its initialiser returns, which is below it."),
        Variant::deadlocks("lazy-lock", lazy_lock_asks_itself)
            .story("The initialiser of the LazyLock reads that LazyLock, and waits for itself."),
        Variant::deadlocks("once", asks_itself::<WithOnce>)
            .story("call_once is called in its own closure, and waits for that to return."),
        Variant::deadlocks("mutex", asks_itself::<Locked>)
            .story("The initialiser acquires the mutex that its own thread holds."),
        Variant::holds("once-cell", || {
            panics(asks_itself::<OnceCell<Config>>(), "asks for the value that it is to make")
        })
        .story("Knows which thread builds, and panics where that would wait for itself."),
        Variant::holds("for-one-thread", || panics(cell_asks_itself(), "reentrant"))
            .story("std's OnceCell runs the inner initialiser, and panics as the outer returns."),
        Variant::deadlocks("config-and-log", || config_and_log(true))
            .story("Two initialisers ask for each other: a cycle of cells, as of two locks."),
        Variant::holds("one-way", || {
            stage::expect(
                config_and_log(false),
                [Ok(1), Ok(1)],
                "the config asks for the log, the log for nothing",
            )
        })
        .story("The config asks for the log and the log for nothing, so there is no cycle."),
    ]
}

/// Reports the panic of an initialiser, if it says why.
fn panics(got: Got, why: &str) -> Checked {
    match got {
        Err(said) if said.contains(why) => Ok(Report::new(format!("it panics, and says: {said}"))),
        other => Err(format!("{other:?}")),
    }
}
