//! The lesson `poison`.

use process_pool::Error;
use process_pool::poison::{BOUND, OTHERS, PoisonOutcome, run};
use stage::{Checked, Lesson, Variant, expect};

use super::observe;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("poison", "a task that kills every worker that runs it")
        .story("When a worker dies, its task is run again. Nine other tasks wait.")
        .source("process-pool/src/{poison,lesson_task}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::breaks("no-limit", || observe(|observer| run(observer, None), no_end)).story(
            "The task is queued again after each death, and kills one worker after another.",
        ),
        Variant::holds("limit", || observe(|observer| run(observer, Some(3)), dead_lettered))
            .story("After three deaths the task is dead-lettered: its error names it."),
    ]
}

fn no_end(outcome: PoisonOutcome) -> Checked {
    let endless = outcome.deaths >= BOUND && matches!(outcome.poison, Some(Error::Closed));
    let line = format!("{} workers killed, and no end of it", outcome.deaths);
    expect((endless, outcome.others), (true, OTHERS), line)
}

fn dead_lettered(outcome: PoisonOutcome) -> Checked {
    match &outcome.poison {
        Some(error @ Error::Poison { deaths: 3, name, .. }) if name == "task 1" => {
            let line = format!("given up after 3 workers, by name; the {OTHERS} others are done");
            Ok(expect(outcome.others, OTHERS, line)?.fact("error", error.to_string()))
        }
        _ => Err(format!("{outcome:?}")),
    }
}
