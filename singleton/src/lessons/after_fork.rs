//! The lesson `after-fork`.

use std::io;
use std::time::Duration;

use singleton::after_fork::{Side, built_after, built_before, started_anew, while_building};
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("after-fork", "one for each process")
        .story(
            "A fork copies what was built, to the same address; from then on there are two. It \
             also copies that a thread is building.",
        )
        .source("singleton/src/after_fork.rs")
        .variants(variants)
}

/// How long the child may wait that waits for ever.
const WAIT: Duration = Duration::from_millis(300);

fn variants() -> [Variant; 4] {
    let anew = || started_anew(&kit::child::program()?);
    [
        Variant::breaks("while-building", || {
            let line = "the child waits for a thread that it does not have; ended after 300 ms";
            stage::expect(while_building(WAIT).map_err(not_started)?, false, line)
        })
        .story(
            "Forks while a thread builds: the child has the cell half built, and not the thread \
             that builds.",
        ),
        Variant::holds("built-before", || {
            let line = "one address, two objects: the child's change is its own";
            both(built_before(), line, |parent, child| parent.address == child.address)
        })
        .story("Builds before the fork, so parent and child each have a copy at the same address."),
        Variant::holds("built-after", || {
            both(built_after(), "each builds its own number 1", |_, _| true)
        })
        .story("Forks first, so each process finds the cell empty and builds its own."),
        Variant::holds("started-anew", move || {
            let line = "a new program begins with nothing built";
            shown(anew(), line, |parent, child| (parent.setting, child.setting) == (1, 1))
        })
        .story("Starts a new program, which has nothing of its parent's memory."),
    ]
}

fn not_started(error: io::Error) -> String {
    format!("the child could not be started: {error}")
}

/// Reports what parent and child see after the child has changed its setting, if it is so.
fn both(sides: io::Result<[Side; 2]>, line: &str, more: fn(Side, Side) -> bool) -> Checked {
    shown(sides, line, |parent, child| {
        (parent.setting, child.setting) == (1, 2) && more(parent, child)
    })
}

fn shown(sides: io::Result<[Side; 2]>, line: &str, wanted: impl Fn(Side, Side) -> bool) -> Checked {
    let [parent, child] = sides.map_err(not_started)?;
    if (parent.number, child.number) != (1, 1) || !wanted(parent, child) {
        return Err(format!("{parent:?}, {child:?}"));
    }
    let side = |side: Side| {
        format!("config {} at {:#x}, set to {}", side.number, side.address, side.setting)
    };
    Ok(Report::new(line).fact("parent", side(parent)).fact("child", side(child)))
}
