//! A lesson that does not end: `cargo run -p stage --example hangs`. It waits for a process.

use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use stage::{Lesson, Report, Variant};

fn main() -> ExitCode {
    let waits = || {
        let mut sleeper = Command::new("sleep");
        let ended = sleeper.arg("60").stdin(Stdio::null()).stdout(Stdio::null()).status();
        Ok(Report::new(format!("{ended:?}")))
    };
    let variant = move || [Variant::holds("waits", waits).within(Duration::from_millis(200))];
    let lesson = Lesson::new("for-ever", "a lesson that does not end");
    stage::main("hangs", "A lesson.", [lesson.source("stage/examples/hangs.rs").variants(variant)])
}
