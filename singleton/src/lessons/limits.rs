//! The lessons of what goes wrong in the initialiser, and of where "once" ends.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use kit::child::program;
use singleton::Config;
use singleton::after_fork::{Side, built_after, built_before, started_anew, while_building};
use singleton::panic::{Outcome, callers, callers_of_a_lazy_lock};
use singleton::real::compare_exchange::FirstWins;
use singleton::real::double_checked::DoubleChecked;
use singleton::real::mutex::Locked;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;
use singleton::recursive::{asks_itself, cell_asks_itself, config_and_log, lazy_lock_asks_itself};
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn panic() -> Lesson {
    Lesson::new("panic", "an initialiser that panics, and what the next caller gets")
        .story(
            "t1's initialiser panics; t2 came while it ran, t3 comes after both. Either the \
             place is empty again, or poisoned for ever.",
        )
        .source("singleton/src/panic.rs")
        .variants(panic_variants)
}

fn panic_variants() -> Vec<Variant> {
    let poisoned = |name, run: fn() -> Outcome, story| {
        Variant::breaks(name, move || {
            let outcome = run();
            match (&outcome.meanwhile, &outcome.later) {
                (Err(_), Err(said)) if outcome.built == 0 => {
                    Ok(Report::new(format!("t2 and t3 panic as well: {said}")))
                }
                _ => Err(format!("{outcome:?}")),
            }
        })
        .story(story)
    };
    let empty = |name, run: fn() -> Outcome, why: &'static str, story| {
        Variant::holds(name, move || {
            let outcome = run();
            if outcome.first.is_err()
                && (&outcome.meanwhile, &outcome.later, outcome.built) == (&Ok(1), &Ok(1), 1)
            {
                Ok(Report::new(format!("{why}: t2 builds, t3 has the same one")))
            } else {
                Err(format!("{outcome:?}"))
            }
        })
        .story(story)
    };
    Vec::from([
        poisoned(
            "once",
            callers::<WithOnce>,
            "The panic poisons std's Once, and every later call_once panics as well.",
        ),
        poisoned(
            "lazy-lock",
            callers_of_a_lazy_lock,
            "The panic poisons the LazyLock for good: it has one initialiser, and that has failed.",
        ),
        empty(
            "mutex",
            callers::<Locked>,
            "poisoned, and empty",
            "The panic poisons the mutex, which the next caller ignores: nothing is half done, \
             and it builds.",
        ),
        empty(
            "double-checked",
            callers::<DoubleChecked>,
            "no pointer was stored",
            "The panic comes before the pointer is stored, so the next caller takes the lock and \
             builds.",
        ),
        empty(
            "compare-exchange",
            callers::<FirstWins>,
            "nothing was published",
            "The panic comes before the compare-and-swap, so the next caller finds nothing and \
             builds.",
        ),
        empty(
            "once-lock",
            callers::<OnceLock<Config>>,
            "empty again",
            "std's OnceLock is empty after the panic, and a thread that waits takes over and \
             builds.",
        ),
        empty(
            "once-cell",
            callers::<OnceCell<Config>>,
            "emptied by a guard",
            "A guard notes, as the panic unwinds, that nobody builds any more, and wakes the \
             threads that wait.",
        ),
    ])
}

pub(crate) fn recursive() -> Lesson {
    Lesson::new("recursive", "an initialiser that asks for what it is to make")
        .story(
            "It waits for whoever builds, and that is itself. Two that ask for each other do \
             the same by turns.",
        )
        .source("singleton/src/recursive.rs")
        .variants(recursive_variants)
}

fn recursive_variants() -> Vec<Variant> {
    let told = |name, run: fn() -> singleton::panic::Got, story| {
        Variant::holds(name, move || match run() {
            Err(said) => Ok(Report::new(format!("it panics, and says: {said}"))),
            Ok(number) => Err(format!("it was given config {number}")),
        })
        .story(story)
    };
    Vec::from([
        Variant::deadlocks("once-lock", asks_itself::<OnceLock<Config>>).story(
            "The OnceLock blocks until its initialiser has returned, on the thread \
                        that runs it.",
        ),
        Variant::deadlocks("lazy-lock", lazy_lock_asks_itself).story(
            "The initialiser of the LazyLock reads that LazyLock, and waits for \
                        itself.",
        ),
        Variant::deadlocks("once", asks_itself::<WithOnce>)
            .story("call_once is called in its own closure, and waits for that to return."),
        Variant::deadlocks("mutex", asks_itself::<Locked>)
            .story("The initialiser acquires the mutex that its own thread holds."),
        told(
            "once-cell",
            asks_itself::<OnceCell<Config>>,
            "Knows which thread builds, and panics with a message where that one would wait \
                 for itself.",
        ),
        told(
            "for-one-thread",
            cell_asks_itself,
            "std's OnceCell for one thread runs the inner initialiser, and panics as the \
                 outer one returns.",
        ),
        Variant::deadlocks("config-and-log", || config_and_log(true)).story(
            "Two initialisers ask for each other on two threads: a cycle of two cells, as of \
                 two locks.",
        ),
        Variant::holds("one-way", || match config_and_log(false) {
            [Ok(_), Ok(_)] => Ok(Report::new("the config asks for the log, the log for nothing")),
            got => Err(format!("{got:?}")),
        })
        .story("The config asks for the log and the log for nothing, so there is no cycle."),
    ])
}

pub(crate) fn after_fork() -> Lesson {
    Lesson::new("after-fork", "one for each process")
        .story(
            "A fork copies what was built, to the same address; from then on there are two. It \
             also copies that somebody is building.",
        )
        .source("singleton/src/after_fork.rs")
        .variants(after_fork_variants)
}

fn after_fork_variants() -> Vec<Variant> {
    let io = |error: io::Error| format!("the child could not be started: {error}");
    let side = |side: Side| {
        format!("config {} at {:#x}, set to {}", side.number, side.address, side.setting)
    };
    let both = move |line: &str, [parent, child]: [Side; 2]| {
        Report::new(line).fact("parent", side(parent)).fact("child", side(child))
    };
    let unlike = |sides: [Side; 2]| -> Checked { Err(format!("{sides:?}")) };
    Vec::from([
            Variant::breaks("while-building", move || {
                let patience = Duration::from_millis(300);
                match while_building(patience).map_err(io)? {
                    false => Ok(Report::new(format!(
                        "the child waits for a thread that it does not have; ended after {} ms",
                        patience.as_millis()
                    ))),
                    true => Err("the child came to its end".to_owned()),
                }
            })
.story("Forks while a thread builds: the child has the cell half built, and not the thread that \
        builds."),
            Variant::holds("built-before", move || match built_before().map_err(io)? {
                sides @ [
                    Side { number: 1, address: here, setting: 1 },
                    Side { number: 1, address, setting: 2 },
                ] if here == address => {
                    Ok(both("one address, two objects: the child's change is its own", sides))
                }
                sides => unlike(sides),
            })
.story("Builds before the fork, so parent and child each have a copy at the same address."),
            Variant::holds("built-after", move || match built_after().map_err(io)? {
                sides @ [Side { number: 1, setting: 1, .. }, Side { number: 1, setting: 2, .. }] => {
                    Ok(both("each builds its own number 1", sides))
                }
                sides => unlike(sides),
            })
.story("Forks first, so each process finds the cell empty and builds its own."),
            Variant::holds("started-anew", move || match started_anew(&program().map_err(io)?).map_err(io)? {
                sides @ [Side { number: 1, .. }, Side { number: 1, .. }] => {
                    Ok(both("a new program begins with nothing built", sides))
                }
                sides => unlike(sides),
            })
.story("Starts a new program, which has nothing of its parent's memory."),
        ],
    )
}
