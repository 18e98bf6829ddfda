//! The lesson `map`.

use process_pool::lesson_task::Answer;
use process_pool::map::{MapResults, TASKS, WORKERS, map, one_at_a_time, one_fails};
use process_pool::{Error, Outcome};
use stage::{Checked, Lesson, Variant, expect};

use super::observe;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("map", "ten results in the order of the tasks")
        .story("Four workers. Task 1 ends last; its result comes first all the same.")
        .source("process-pool/src/{map,shared_task}.rs")
        .python("map")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    [
        Variant::breaks("one-at-a-time", || {
            let line = format!("1 of {WORKERS} workers at work at a time");
            observe(one_at_a_time, |results| in_order(results, 1, line))
        })
        .story("The caller waits for each result before it submits the next task."),
        Variant::holds("map", || {
            let line = format!("{WORKERS} workers at work; task 1 ends last, and comes first");
            observe(map, |results| in_order(results, WORKERS as u64, line))
        })
        .story("map submits every task first, and returns the results in the tasks' order."),
        Variant::holds("one-fails", || observe(one_fails, fifth_panics))
            .story("A task that panics is an error in its place, and costs no other its result."),
    ]
}

fn in_order(results: MapResults, at_work: u64, line: String) -> Checked {
    expect(results, MapResults { order: (1..=TASKS).collect(), at_work }, line)
}

fn fifth_panics(mut outcomes: Vec<Outcome<Answer>>) -> Checked {
    let fifth = outcomes.remove(4);
    let right = |(number, outcome): (u64, &Outcome<Answer>)| {
        outcome.as_ref().is_ok_and(|answer| answer.number == number)
    };
    match fifth {
        Err(error @ Error::Panicked { .. }) if (1..=4).chain(6..).zip(&outcomes).all(right) => {
            let error = error.to_string().replace('\n', " ");
            let line = "task 5 panics: an error in its place, and nine results";
            expect((outcomes.len(), error.contains("no such luck")), (9, true), line)
                .map(|report| report.fact("error", error))
        }
        fifth => Err(format!("{fifth:?} came out of task 5, and {outcomes:?} out of the others")),
    }
}
