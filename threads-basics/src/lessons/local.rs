//! `local`: thread-locals.

use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::local::{
    Counts, apart, joined, joined_in_the_scope, left_over, left_to_the_scope, merged, put_back,
    together,
};
use threads_basics::registers::{Blocked, of_two_threads};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("local", "what a thread has for itself")
        .story(
            "A thread-local is written like a static, and is one for each thread, for as long as \
             that lives.",
        )
        .python("local")
        .source("threads-basics/src/{local,registers}.rs")
        .variants(variants)
}

fn variants() -> [Variant; 8] {
    let ada = || Some("Ada".to_owned());
    [
        Variant::breaks("apart", || {
            let wanted = Counts { threads: [10; 3], parent: 0, shared_writes: 0 };
            expect(apart(), wanted, "each thread has counted to 10; the parent's own is 0")
        })
        .story(
            "Each thread counts in a thread-local of its own, and the parent reads one in which \
             nobody counts.",
        ),
        Variant::holds("together", || {
            let wanted = Counts { threads: [30; 3], parent: 30, shared_writes: 30 };
            expect(together(), wanted, "a static: everyone reads 30, after 30 shared writes")
        })
        .story("All count in one static, which each step writes."),
        Variant::holds("merged", || {
            let wanted = Counts { threads: [10; 3], parent: 30, shared_writes: 3 };
            expect(merged(), wanted, "counted apart and handed over once: 30, after 3")
        })
        .story("Each thread counts in its thread-local and returns the number to its parent."),
        Variant::breaks("left-over", move || {
            let line = "the anonymous request runs as Ada: her name was left in the thread";
            expect(left_over(), [ada(), ada()], line)
        })
        .story(
            "A request leaves its user's name in a thread-local, and the next request on that \
             thread finds it.",
        ),
        Variant::holds("put-back", move || {
            expect(put_back(), [ada(), None], "a guard restores what was there before")
        })
        .story("A guard restores, when the request ends, what was in the thread-local before."),
        Variant::breaks("left-to-scope", || {
            let order = ["t1 ends", "parent goes on", "destroyed"];
            let line = "the scope ends before the thread-local does";
            expect(left_to_the_scope().as_slice(), &order, line)
        })
        .story(
            "A scope waits until the thread's function has returned, not until its thread-locals \
             are destroyed.",
        ),
        Variant::holds("joined", || {
            let order = ["t1 ends", "destroyed", "parent goes on"];
            expect(joined_in_the_scope().as_slice(), &order, "")?;
            expect(joined().as_slice(), &order, "join waits until it is destroyed, in a scope too")
        })
        .story("join waits until the thread has ended, its thread-locals included."),
        Variant::holds("registers", registers).story(
            "Two blocked threads, seen from outside: each has a stack, registers, a program \
             counter.",
        ),
    ]
}

fn registers() -> Checked {
    let Some(both) = of_two_threads() else {
        return Ok(Report::not_here("this system does not show a thread's registers"));
    };
    let [first, second] = &both;
    for Blocked { stack, local, registers } in [first, second] {
        if !stack.contains(local) || !stack.contains(&registers.stack_pointer) {
            return Err(format!("not on its own stack: {both:?}"));
        }
    }
    if first.stack == second.stack
        || first.registers.program_counter == second.registers.program_counter
    {
        return Err(format!("they have one in common: {both:?}"));
    }
    let line = "two blocked threads, seen from outside: a set for each";
    Ok([("t1", first), ("t2", second)].into_iter().fold(
        Report::new(line),
        |report, (name, its)| {
            let Blocked { stack, local, registers } = its;
            report
                .fact(
                    name,
                    format!("stack {:x} to {:x}, a local at {local:x}", stack.start, stack.end),
                )
                .fact("", format!("stack pointer {:x}", registers.stack_pointer))
                .fact("", format!("program counter {:x}", registers.program_counter))
                .fact("", format!("in system call {}", registers.call[0]))
        },
    ))
}
