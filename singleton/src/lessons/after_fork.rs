//! The lesson `after-fork`.

use std::io;
use std::time::Duration;

use singleton::after_fork::{
    ALARM, LIMIT, Side, built_after, built_before, started_anew, while_building,
};
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("after-fork", "one for each process")
        .story("A fork copies what was built, to the same address, and that a thread is building.")
        .python("broken")
        .source("singleton/src/after_fork.rs")
        .variants(variants)
}

/// How long the child may wait that waits for ever.
const WAIT: Duration = Duration::from_millis(300);

fn variants() -> [Variant; 4] {
    [
        Variant::breaks("while-building", || {
            let line = "the child waits for a thread that it does not have; ended after 300 ms";
            stage::expect(while_building(WAIT, ALARM).map_err(not_started)?, false, line)
        })
        .story("Forks while a thread builds: the child has not the thread that builds."),
        Variant::holds("built-before", || {
            let sides = built_before();
            let one_address = sides.as_ref().is_ok_and(|[one, other]| one.address == other.address);
            let line = "one address, two objects: the child's change is its own";
            if one_address { shown(sides, 2, line) } else { Err(format!("{sides:?}")) }
        })
        .story("Builds before the fork, so parent and child each have a copy at the same address."),
        Variant::holds("built-after", || shown(built_after(), 2, "each builds its own number 1"))
            .story("Forks first, so each process finds the cell empty and builds its own."),
        Variant::holds("started-anew", || {
            let sides = kit::child::program().and_then(|program| started_anew(&program, LIMIT));
            shown(sides, 1, "a new program begins with nothing built")
        })
        .story("Starts a new program, which has nothing of its parent's memory."),
    ]
}

fn not_started(error: io::Error) -> String {
    format!("the child could not be started: {error}")
}

/// Reports what parent and child see, if each has number 1, and these settings.
fn shown(sides: io::Result<[Side; 2]>, setting_of_child: usize, line: &str) -> Checked {
    let sides = sides.map_err(not_started)?;
    if sides.map(|side| (side.number, side.setting)) != [(1, 1), (1, setting_of_child)] {
        return Err(format!("{sides:?}"));
    }
    let [parent, child] = sides.map(|Side { number, address, setting }| {
        format!("config {number} at {address:#x}, set to {setting}")
    });
    Ok(Report::new(line).fact("parent", parent).fact("child", child))
}
