use process_sharing::not_shared::{NotShared, START, Variable, by_a_process, by_a_thread};
use stage::{Lesson, Variant, expect};

use super::with_children;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("not-shared", "plain variables, changed by a child process and by a thread")
        .story(
            "Both run the same function, which adds 1 to a static and to a value on the heap. In \
             the parent both were 10.",
        )
        .source("process-sharing/src/not_shared.rs")
        .variants(variants)
}

fn variants() -> Vec<Variant> {
    vec![
        Variant::holds("process", || {
            let outcome = with_children(by_a_process)?;
            // The child's static began at 0; its heap with the 10 that it was given.
            let wanted = [(START, 1), (START, START + 1)];
            let line = "both are 10 still: a process has a memory of its own";
            let report = expect(values(&outcome), wanted, line)?;
            let [counter, heap] = variables(&outcome);
            let fact = |(parent, child)| format!("parent's {}, child's {}", at(parent), at(child));
            Ok(report.fact("static", fact(counter)).fact("heap", fact(heap)))
        })
        .story("A child adds 1 to variables in an address space of its own: the parent's stay 10."),
        Variant::holds("thread", || {
            let outcome = by_a_thread();
            let wanted = [(START + 1, START + 1); 2];
            let line = "both are 11: a thread has the memory of its process";
            expect(outcome.parent, outcome.changer, "")?;
            expect(values(&outcome), wanted, line)
        })
        .story(
            "A thread adds 1 to the very variables of its process, so the parent reads 11 in both.",
        ),
    ]
}

/// The static and the value on the heap: as the parent has it, and as the one that changed it.
fn variables(outcome: &NotShared) -> [(Variable, Variable); 2] {
    let NotShared { parent, changer } = outcome;
    [(parent.counter, changer.counter), (parent.heap, changer.heap)]
}

fn values(outcome: &NotShared) -> [(u32, u32); 2] {
    variables(outcome).map(|(parent, changer)| (parent.value, changer.value))
}

fn at(variable: Variable) -> String {
    format!("{} at {:#x}", variable.value, variable.address)
}
