//! `local`: thread-locals.

use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::local::{
    apart, joined, joined_in_the_scope, left_over, left_to_the_scope, merged, put_back, together,
};
use threads_basics::registers::of_two_threads;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("local", "what a thread has for itself")
        .story("A thread-local is written like a static, and each thread has one of its own.")
        .python("local")
        .source("threads-basics/src/{local,registers}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 8] {
    let ada = Some("Ada");
    [
        Variant::breaks("apart", || {
            expect(apart(), ([10; 3], 0), "each has counted to 10; the parent's is 0")
        })
        .story("Each thread counts in its own thread-local; the parent reads its own, still 0."),
        Variant::holds("together", || {
            expect(together(), ([30; 3], 30), "a static: everyone reads 30, after 30 shared writes")
        })
        .story("All count in one static, which each step writes."),
        Variant::holds("merged", || {
            expect(merged(), ([10; 3], 30), "each returns its 10, and the parent adds them up: 30")
        })
        .story("Each thread counts in its thread-local and returns the number to its parent."),
        Variant::breaks("left-over", move || {
            expect(left_over(), [ada, ada], "a request without a user runs as Ada")
        })
        .story("A request leaves its user's name in a thread-local, where the next finds it."),
        Variant::holds("put-back", move || {
            expect(put_back(), [ada, None], "a guard restores what was there before")
        })
        .story("A guard restores, when the request ends, what was in the thread-local before."),
        Variant::breaks("left-to-scope", || {
            let order = ["t1 ends", "parent goes on", "destroyed"];
            expect(left_to_the_scope(), order, "the scope ended before it was destroyed")
        })
        .story("A scope waits for the thread's function, not until its locals are destroyed."),
        Variant::holds("joined", || {
            let order = ["t1 ends", "destroyed", "parent goes on"];
            expect(joined_in_the_scope(), order, "the join waits until the local is destroyed")?;
            expect(joined(), order, "join waits until it is destroyed, in a scope too")
        })
        .story("join waits until the thread has ended, its thread-locals included."),
        Variant::holds("registers", registers)
            .story("Two blocked threads: each has a stack, registers, a program counter."),
    ]
}

fn registers() -> Checked {
    let Some(both) = of_two_threads() else {
        return Ok(Report::not_here("this system does not show a thread's registers"));
    };
    let [first, second] = &both;
    let own = both.iter().all(|its| its.stack.contains(&its.local));
    if !own || first.stack == second.stack || first.program_counter == second.program_counter {
        return Err(format!("each has to have its own: {both:x?}"));
    }
    let report = Report::new("two blocked threads, seen from outside: a set for each");
    Ok([("t1", first), ("t2", second)].into_iter().fold(report, |report, (name, its)| {
        let registers = format!("SP {:x}, PC {:x}", its.stack_pointer, its.program_counter);
        report
            .fact(name, format!("stack {:x?}, local {:x}", its.stack, its.local))
            .fact("", format!("{registers}, in system call {}", its.call))
    }))
}
