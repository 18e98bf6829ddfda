//! The lesson of plain objects.

use std::time::Duration;

use singleton::plain::{Seen, at_once, in_turn, moved};
use stage::{Checked, Lesson, Report, Variant};

/// How long a step lasts, so that it can be seen.
const PACE: Duration = Duration::from_millis(10);

pub(crate) fn plain() -> Lesson {
    Lesson::new("plain", "plain objects, each with its address")
        .story(
            "Who asks gets a new config. An address says where one is; a count says how many \
             there are.",
        )
        .source("singleton/src/plain.rs")
        .variants(plain_variants)
}

fn plain_variants() -> Vec<Variant> {
    Vec::from([
        Variant::holds("two-at-once", || shown(&at_once(PACE), 2, 2, "two objects, two addresses"))
            .story("Two configs live at the same time, so each has an address of its own."),
        Variant::holds("two-in-turn", || shown(&in_turn(PACE), 2, 1, "two objects, one address"))
            .story(
                "The second config is built in the place of the first, which is gone by \
                        then.",
            ),
        Variant::holds("one-moved", || shown(&moved(PACE), 1, 2, "one object, two addresses"))
            .story(
                "One config is moved from the stack to the heap, and has two addresses in \
                        its life.",
            ),
    ])
}

/// Reports what was seen, if so many configs were built and so many addresses seen.
fn shown(seen: &Seen, built: usize, addresses: usize, line: &str) -> Checked {
    let [(one, here), (other, there)] = seen.found;
    let counted = if here == there { 1 } else { 2 };
    if (seen.built, counted) != (built, addresses) {
        return Err(format!("{seen:?}"));
    }
    Ok(Report::new(line)
        .fact("built", built.to_string())
        .fact("found", format!("config {one} at {here:#x}, config {other} at {there:#x}")))
}
