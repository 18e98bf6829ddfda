//! The lesson `convoy`: short critical sections behind a long one.

use std::time::Duration;

use locks::convoy::{Convoy, long_inside, long_outside};
use stage::{Checked, Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(16);
const SHORTS: usize = 4;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("convoy", "short critical sections behind a long one")
        .story(
            "Four threads want the lock for an instant, and queue behind one that works while it \
             holds the lock.",
        )
        .source("locks/src/convoy.rs")
        .variants(variants)
}

/// Reports, if `waited` short sections found the lock held by the long one, which was done at
/// `place`.
fn check(convoy: &Convoy, waited: usize, place: usize, line: &str) -> Checked {
    let long = convoy.order.iter().position(|name| name == "long");
    expect((convoy.waited, long, convoy.sum), (waited, Some(place), 4), line)
}

fn variants() -> Vec<Variant> {
    Vec::from([
        Variant::breaks("long-inside", || {
            let line = "4 of 4 short sections wait for the end of the long one";
            check(&long_inside(SHORTS, PACE), SHORTS, 0, line)
        })
        .story("Does the long work under the lock: all short sections wait for its end."),
        Variant::holds("long-outside", || {
            let line = "4 of 4 are done while the long one works on a copy";
            check(&long_outside(SHORTS, PACE), 0, SHORTS, line)
        })
        .story("Copies the data under the lock, works on the copy: the short sections pass."),
    ])
}
