use process_sharing::model::{counter, models};
use process_sharing::process_lock::{CHILDREN, FORKED, run};
use stage::{Lesson, Report, Variant, expect, grouped};

use super::{breaks, holds};

const ALL: u64 = (CHILDREN * FORKED) as u64;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("process-lock", "a thousand processes add 1, with a lock and without")
        .story(
            "Ten children fork a hundred processes each. The first two to read the number wait for \
             each other before they write it, where they can.",
        )
        .source("process-sharing/src/{process_lock,counter}.rs")
        .python("increments")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        explored(
            breaks(
                "unlocked",
                |program| run(program, "unlocked"),
                |sum| {
                    let line = format!("{} of {}: some are lost", grouped(sum), grouped(ALL));
                    expect(sum < ALL, true, line)
                },
            )
            .story("Each process reads, adds and writes: of two that read the same, one is lost."),
            counter::unlocked,
        ),
        explored(
            all("locked", "one at a time")
                .story("Each holds a robust lock from its read to its write: mutual exclusion."),
            counter::locked,
        ),
        all("pthread", "with libc's lock")
            .story("Each holds a robust, process-shared pthread mutex from read to write."),
        explored(
            all("fetch-added", "one number needs no lock, but one step")
                .story("Each adds by one atomic read-modify-write: no process comes between."),
            counter::fetch_added,
        ),
    ]
}

fn all(name: &'static str, why: &'static str) -> Variant {
    holds(
        name,
        move |program| run(program, name),
        move |sum| {
            expect(sum, ALL, "the sum is that of all additions")?;
            Ok(Report::new(format!("{} of {}: {why}", grouped(sum), grouped(ALL))))
        },
    )
}

fn explored(variant: Variant, add: fn(&counter::Counter)) -> Variant {
    variant.explored_for("2 processes", "the number", "lose an update", [2], move || {
        models::two_add(add)
    })
}
