//! The lesson `as-completed`.

use process_pool::as_completed::{CompletionOrder, TASKS, as_they_come, in_order};
use stage::{Checked, Lesson, Variant, expect};

use super::observe;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("as-completed", "ten results, each as soon as it is there")
        .story("Task 1 is slow: it waits at a gate. The other nine are done at once.")
        .source("process-pool/src/{as_completed,lesson_task}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::breaks("in-order", || {
            let ready = TASKS as usize - 1;
            let wanted = CompletionOrder { order: (1..=TASKS as usize).collect(), ready };
            let line = format!("{ready} results lie ready behind task 1");
            observe(in_order, |had| expect(had, wanted, line))
        })
        .story("The caller waits for task 1 first, while the results of the other nine are ready."),
        Variant::holds("as-completed", || observe(as_they_come, first_comes_last))
            .story("as_completed yields each result when it arrives, so the slow task comes last."),
    ]
}

fn first_comes_last(had: CompletionOrder) -> Checked {
    let mut sorted = had.order.clone();
    sorted.sort_unstable();
    let wanted = (Some(&1), (1..=TASKS as usize).collect());
    let line = format!("the caller has {} results before task 1 ends", TASKS - 1);
    let order = had.order.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    Ok(expect((had.order.last(), sorted), wanted, line)?.fact("the order", order))
}
