//! Lessons that bring Python scripts: one that prints what it says, one that prints something else,
//! one that fails, one that has to be ended. In this folder's parent:
//! `cargo run -p stage --example scripted -- says --python`.

use std::process::ExitCode;

use stage::{Lesson, Report, Variant};

fn lesson(name: &'static str) -> Lesson {
    Lesson::new(name, "a lesson with a script")
        .source("stage/examples/scripted.rs")
        .variants(|| [Variant::holds("as-it-is", || Ok(Report::new("it has a script")))])
}

fn main() -> ExitCode {
    let scripted = |name| lesson(name).python(name);
    let lessons = ["says", "differs", "fails", "missing", "waits", "misses"].map(scripted);
    // The scripts are in the folder `python` of a topic: here, of the examples.
    stage::main("examples", "Scripts.", lessons.into_iter().chain([lesson("none")]))
}
