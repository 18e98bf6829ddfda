//! The lesson `plain`.

use singleton::plain::{Addresses, at_once, in_turn, moved};
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("plain", "plain objects, each with its address")
        .story("Each caller gets a new config: an address shows where it is, a count how many.")
        .python("plain")
        .source("singleton/src/plain.rs")
        .variants(|| {
            [
                Variant::holds("two-at-once", || {
                    shown(&at_once(), (2, 2), "two objects, two addresses")
                })
                .story("Two configs live at the same time, so each has an address of its own."),
                Variant::holds("two-in-turn", || {
                    shown(&in_turn(), (2, 1), "two objects, one address")
                })
                .story("The second config is built in the place of the first, which is gone."),
                Variant::holds("one-moved", || {
                    shown(&moved(), (1, 2), "one object, two addresses")
                })
                .story("One config moves from the stack to the heap, and has two addresses."),
            ]
        })
}

/// Reports what was found, if these numbers of configs and of addresses were.
fn shown(seen: &Addresses, wanted: (usize, usize), line: &str) -> Checked {
    let [(one, here), (other, there)] = seen.found;
    if (seen.built, 1 + usize::from(here != there)) != wanted {
        return Err(format!("{seen:?}"));
    }
    Ok(Report::new(line)
        .fact("built", seen.built.to_string())
        .fact("found", format!("config {one} at {here:#x}, config {other} at {there:#x}")))
}
