//! The lessons, each with its forms: what runs for real, what has to come out.

use std::io;
use std::path::PathBuf;

use process_sharing::not_shared::{Outcome, START, Variable, by_a_process, by_a_thread};
use stage::{Form, Lesson, Report, Shown};

pub(crate) fn not_shared() -> Lesson {
    Lesson::new(
        "process-sharing/src/not_shared.rs",
        [
            Form::breaks("process", || {
                let program = program().map_err(|error| error.to_string())?;
                let outcome = by_a_process(&program).map_err(|error| error.to_string())?;
                // The child's static began at 0; its heap with the 10 that it was handed.
                let wanted = [(START, 1), (START, START + 1)];
                let shown = expect(values(&outcome), wanted, "both are 10 still: the child changed its own")?;
                let [counter, heap] = variables(&outcome);
                let fact = |(parent, child)| format!("parent's {}, child's {}", at(parent), at(child));
                Ok(shown.fact("static", fact(counter)).fact("heap", fact(heap)))
            }),
            Form::holds("thread", || {
                let outcome = by_a_thread();
                let wanted = [(START + 1, START + 1); 2];
                let shown = expect(values(&outcome), wanted, "both are 11, in the same two places")?;
                expect(outcome.parent, outcome.changer, "")?;
                Ok(shown)
            }),
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

/// Names the file of this program, which is also its children's. On Linux that is the link to what really runs: a build that
/// replaces the file in the middle of a lesson does no harm.
fn program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok("/proc/self/exe".into()) } else { std::env::current_exe() }
}

/// Reports, if what came out is what has to come out.
fn expect<T: PartialEq + std::fmt::Debug>(out: T, wanted: T, line: impl Into<String>) -> Shown {
    if out == wanted { Ok(Report::new(line)) } else { Err(format!("{out:?} came out, not {wanted:?}")) }
}
