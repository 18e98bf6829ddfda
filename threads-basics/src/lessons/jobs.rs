//! `jobs`: three threads, and three ways to gather their results.

use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::jobs::{Gathered, as_they_end, joined_at_once, started_first};
use threads_basics::triple_loop::{self, LOOPS};

use super::with_children;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("jobs", "three jobs of different kinds, on three threads")
        .story("One adds up, one multiplies, one prints. Joined one by one, they run in turns.")
        .python("jobs")
        .source("threads-basics/src/{jobs,triple_loop}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    let (forth, back) = (["add-up", "factorial", "print"], ["print", "factorial", "add-up"]);
    [
        Variant::breaks("joined-at-once", move || {
            report(&joined_at_once(), forth, 1, "one after the other, on three threads")
        })
        .story("Joins each thread before it spawns the next one, so one job runs at a time."),
        Variant::holds("started-first", move || {
            let line = "1 + … + 100000 = 5000050000, 5! = 120, a line printed";
            report(&started_first(), forth, 3, line)
        })
        .story("Spawns all three threads before it joins the first one, so they run in parallel."),
        Variant::holds("as-they-end", move || {
            let line = "the same, and the last started is the first one done";
            report(&as_they_end(), back, 3, line)
        })
        .story("Takes the results from one channel, in the order in which the jobs end."),
        Variant::holds("in-processes", || {
            let line = "counted in three processes at once: 6000, 1350, 840";
            let loops = LOOPS.map(|[a, b, c]| format!("{a}x{b}x{c}")).join(", ");
            expect(with_children(triple_loop::in_processes)?, vec![6_000, 1_350, 840], line)
                .map(|report| report.fact("loops", loops))
        })
        .story("Three child processes count, each through a triple loop, and print the result."),
    ]
}

fn report(gathered: &Gathered, order: [&'static str; 3], at_once: usize, line: &str) -> Checked {
    let wanted = Gathered {
        sum: 5_000_050_000,
        factorial: Some(120),
        printed: b"a line\n".to_vec(),
        order: order.into(),
        most_at_once: at_once,
    };
    expect(gathered, &wanted, line).map(|report: Report| {
        report
            .fact("at once", format!("{at_once} of 3"))
            .fact("results", format!("in the order {}", order.join(", ")))
    })
}
