//! The lessons of what goes wrong in the initialiser, and of where "once" ends.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use singleton::Config;
use singleton::after_fork::{Side, built_after, built_before, started_anew, while_building};
use singleton::panic::{Outcome, callers, callers_of_a_lazy_lock};
use singleton::real::compare_exchange::FirstWins;
use singleton::real::double_checked::DoubleChecked;
use singleton::real::mutex::Locked;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;
use singleton::recursive::{asks_itself, cell_asks_itself, config_and_log, lazy_lock_asks_itself};
use stage::{Form, Lesson, Report, Shown, program};

pub(crate) fn panic() -> Lesson {
    let poisoned = |name, run: fn() -> Outcome| {
        Form::breaks(name, move || {
            let outcome = run();
            match (&outcome.meanwhile, &outcome.later) {
                (Err(_), Err(said)) if outcome.built == 0 => {
                    Ok(Report::new(format!("t2 and t3 panic as well: {said}")))
                }
                _ => Err(format!("{outcome:?}")),
            }
        })
    };
    let empty = |name, run: fn() -> Outcome| {
        Form::holds(name, move || {
            let outcome = run();
            if outcome.first.is_err()
                && (&outcome.meanwhile, &outcome.later, outcome.built) == (&Ok(1), &Ok(1), 1)
            {
                Ok(Report::new("empty again: t2 builds, t3 has the same one"))
            } else {
                Err(format!("{outcome:?}"))
            }
        })
    };
    Lesson::new(
        "singleton/src/panic.rs",
        [
            poisoned("once", callers::<WithOnce>),
            poisoned("lazy-lock", callers_of_a_lazy_lock),
            empty("mutex", callers::<Locked>),
            empty("double-checked", callers::<DoubleChecked>),
            empty("compare-exchange", callers::<FirstWins>),
            empty("once-lock", callers::<OnceLock<Config>>),
            empty("once-cell", callers::<OnceCell<Config>>),
        ],
    )
}

pub(crate) fn recursive() -> Lesson {
    let told = |name, run: fn() -> singleton::panic::Got| {
        Form::holds(name, move || match run() {
            Err(said) => Ok(Report::new(format!("it panics, and says: {said}"))),
            Ok(number) => Err(format!("it was given config {number}")),
        })
    };
    Lesson::new(
        "singleton/src/recursive.rs",
        [
            Form::deadlocks("once-lock", asks_itself::<OnceLock<Config>>),
            Form::deadlocks("lazy-lock", lazy_lock_asks_itself),
            Form::deadlocks("once", asks_itself::<WithOnce>),
            Form::deadlocks("mutex", asks_itself::<Locked>),
            told("once-cell", asks_itself::<OnceCell<Config>>),
            told("for-one-thread", cell_asks_itself),
            Form::deadlocks("config-and-log", || config_and_log(true)),
            Form::holds("one-way", || match config_and_log(false) {
                [Ok(_), Ok(_)] => Ok(Report::new("the config asks for the log, the log for nothing")),
                got => Err(format!("{got:?}")),
            }),
        ],
    )
}

pub(crate) fn after_fork() -> Lesson {
    let io = |error: io::Error| format!("the child could not be started: {error}");
    let side = |side: Side| format!("config {} at {:#x}, set to {}", side.number, side.address, side.setting);
    let both = move |line: &str, [parent, child]: [Side; 2]| {
        Report::new(line).fact("parent", side(parent)).fact("child", side(child))
    };
    let unlike = |sides: [Side; 2]| -> Shown { Err(format!("{sides:?}")) };
    Lesson::new(
        "singleton/src/after_fork.rs",
        [
            Form::breaks("while-building", move || {
                let patience = Duration::from_millis(300);
                match while_building(patience).map_err(io)? {
                    false => Ok(Report::new(format!(
                        "the child waits for a thread that it does not have; ended after {} ms",
                        patience.as_millis()
                    ))),
                    true => Err("the child came to its end".to_owned()),
                }
            }),
            Form::holds("built-before", move || match built_before().map_err(io)? {
                sides @ [
                    Side { number: 1, address: here, setting: 1 },
                    Side { number: 1, address, setting: 2 },
                ] if here == address => {
                    Ok(both("one address, two objects: the child's change is its own", sides))
                }
                sides => unlike(sides),
            }),
            Form::holds("built-after", move || match built_after().map_err(io)? {
                sides @ [Side { number: 1, setting: 1, .. }, Side { number: 1, setting: 2, .. }] => {
                    Ok(both("each builds its own number 1", sides))
                }
                sides => unlike(sides),
            }),
            Form::holds("started-anew", move || match started_anew(&program().map_err(io)?).map_err(io)? {
                sides @ [Side { number: 1, .. }, Side { number: 1, .. }] => {
                    Ok(both("a new program begins with nothing built", sides))
                }
                sides => unlike(sides),
            }),
        ],
    )
}
