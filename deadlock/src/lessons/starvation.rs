//! `starvation`: one thread of three makes no progress.

use deadlock::starvation::{in_turn, unfair};
use stage::{Checked, Lesson, Report, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("starvation", "everyone makes progress but one")
        .story(
            "The philosopher in the middle needs both forks at once; its neighbours eat by turns, \
             and one fork is always in use.",
        )
        .source("deadlock/src/starvation.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::breaks("unfair", middle_starves)
            .story("The neighbours' meals overlap: the middle one never finds both forks free."),
        Variant::holds("in-turn", nobody_overtakes)
            .story("Turns are handed out in FIFO order, so nobody is overtaken."),
    ]
}

fn middle_starves() -> Checked {
    let meals = unfair(10);
    if meals.tries < 10 {
        return Err(format!("it hardly tried: {meals:?}"));
    }
    let line = format!(
        "{} meals for its neighbours, none for the middle one in {} tries",
        meals.neighbours, meals.tries
    );
    expect((meals.middle, meals.neighbours), (0, 20), line)
}

fn nobody_overtakes() -> Checked {
    let queue = in_turn(10);
    if !queue.served.is_sorted() || queue.served.len() != 30 || queue.most_ahead > 2 {
        return Err(format!("one was overtaken: {queue:?}"));
    }
    Ok(Report::new(format!(
        "10 meals for each, in the order of asking; at most {} others were ahead",
        queue.most_ahead
    )))
}
