//! The lessons, each with its forms: what runs for real, what has to come out.

use std::fmt::Debug;
use std::io;
use std::path::Path;

use kit::child::program;
use process_sharing::not_shared::{Outcome, START, Variable, by_a_process, by_a_thread};
use stage::{Checked, Lesson, Variant, expect};

mod memory;
mod messages;
mod named;

pub(crate) use memory::{array, owner_died, process_lock, ring, value};
pub(crate) use messages::{ipc_compared, manager, pipe, queue};
pub(crate) use named::{fifo, file_lock, message_queue, semaphore, signal, socket};

/// A variant whose children are this program once more, and which has to come out well.
fn holds<T: 'static>(
    name: &'static str,
    story: &'static str,
    run: fn(&Path) -> io::Result<T>,
    report: impl Fn(T) -> Checked + Send + Sync + 'static,
) -> Variant {
    Variant::holds(name, move || report(with_children(run)?)).story(story)
}

/// A variant whose children are this program once more, and which breaks and says how.
fn breaks<T: 'static>(
    name: &'static str,
    story: &'static str,
    run: fn(&Path) -> io::Result<T>,
    report: impl Fn(T) -> Checked + Send + Sync + 'static,
) -> Variant {
    Variant::breaks(name, move || report(with_children(run)?)).story(story)
}

/// A variant that never returns. Its children are of its process group, and end with it.
fn deadlocks<T: Debug + 'static>(
    name: &'static str,
    story: &'static str,
    run: fn(&Path) -> io::Result<T>,
) -> Variant {
    Variant::deadlocks(name, move || program().and_then(|program| run(&program))).story(story)
}

fn with_children<T>(run: fn(&Path) -> io::Result<T>) -> Result<T, String> {
    program().and_then(|program| run(&program)).map_err(|error| error.to_string())
}

pub(crate) fn not_shared() -> Lesson {
    Lesson::new("not-shared", "plain variables, changed by a child process and by a thread").story("Both run the same function, which adds 1 to a static and to a value on the heap. In the parent both were 10.").source("process-sharing/src/not_shared.rs").variants(not_shared_variants)
}

fn not_shared_variants() -> Vec<Variant> {
    Vec::from([
            Variant::holds("process", || {
                let program = program().map_err(|error| error.to_string())?;
                let outcome = by_a_process(&program).map_err(|error| error.to_string())?;
                // The child's static began at 0; its heap with the 10 that it was handed.
                let wanted = [(START, 1), (START, START + 1)];
                let shown = expect(values(&outcome), wanted, "both are 10 still: a process has a memory of its own")?;
                let [counter, heap] = variables(&outcome);
                let fact = |(parent, child)| format!("parent's {}, child's {}", at(parent), at(child));
                Ok(shown.fact("static", fact(counter)).fact("heap", fact(heap)))
            })
.story("A child process adds 1 to variables of its own: the parent's are in another memory, and stay 10."),
            Variant::holds("thread", || {
                let outcome = by_a_thread();
                let wanted = [(START + 1, START + 1); 2];
                let shown = expect(values(&outcome), wanted, "both are 11: a thread has the memory of its process")?;
                expect(outcome.parent, outcome.changer, "")?;
                Ok(shown)
            })
.story("A thread adds 1 to the very variables of its process, so the parent reads 11 in both."),
        ],
    )
}

/// The static and the value on the heap: as the parent has it, and as the one who changed it.
fn variables(outcome: &Outcome) -> [(Variable, Variable); 2] {
    let Outcome { parent, changer } = outcome;
    [(parent.counter, changer.counter), (parent.heap, changer.heap)]
}

fn values(outcome: &Outcome) -> [(u32, u32); 2] {
    variables(outcome).map(|(parent, changer)| (parent.value, changer.value))
}

fn at(variable: Variable) -> String {
    format!("{} at {:#x}", variable.value, variable.address)
}
