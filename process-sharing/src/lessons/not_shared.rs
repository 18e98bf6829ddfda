use process_sharing::not_shared::{NotShared, START, Variable, by_a_process, by_a_thread};
use stage::{Lesson, Variant, expect};

use super::holds;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("not-shared", "plain variables, changed by a child process and by a thread")
        .story(
            "Both run the same function, which adds 1 to a static and to a value on the heap. In \
             the parent both were 10.",
        )
        .source("process-sharing/src/not_shared.rs")
        .python("changed_values")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        holds("process", by_a_process, |outcome| {
            // The child's static began at 0; its heap with the 10 that it was given.
            let wanted = [(START, 1), (START, START + 1)];
            let line = "both are 10 still: a process has a memory of its own";
            let report = expect(values(&outcome), wanted, line)?;
            let (parent, child) = (outcome.parent, outcome.changer);
            let fact = |n: usize| format!("parent's {}, child's {}", at(parent[n]), at(child[n]));
            Ok(report.fact("static", fact(0)).fact("heap", fact(1)))
        })
        .story("A child adds 1 to variables in an address space of its own: the parent's stay 10."),
        holds("thread", by_a_thread, |outcome| {
            let line = "both are 11: a thread has the memory of its process";
            expect(outcome.parent, outcome.changer, "the parent sees what the thread has changed")?;
            expect(values(&outcome), [(START + 1, START + 1); 2], line)
        })
        .story("A thread adds 1 to the variables of its process: both are 11 after it."),
    ]
}

/// The values of the static and of that on the heap: the parent's, and those of the process that
/// changed them.
fn values(outcome: &NotShared) -> [(u32, u32); 2] {
    [0, 1].map(|n| (outcome.parent[n].value, outcome.changer[n].value))
}

fn at(variable: Variable) -> String {
    format!("{} at {:#x}", variable.value, variable.address)
}
