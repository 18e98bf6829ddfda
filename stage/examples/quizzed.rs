//! Two lessons that a quiz asks about: `cargo run -p stage --example quizzed -- quiz`. Where the folder
//! `quizzed` has a README, its last question is one of those.

use std::process::ExitCode;

use kit::model::sync::Mutex;
use kit::model::thread;
use stage::{Lesson, Report, Variant};

/// Two threads add to a number under a lock.
fn counts() -> i32 {
    let number = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| *number.lock().expect("not poisoned") += 1);
        }
    });
    *number.lock().expect("not poisoned")
}

fn lesson(name: &'static str) -> Lesson {
    Lesson::new(name, "a lesson to ask about").source("stage/examples/quizzed.rs").variants(|| {
        [Variant::holds("locked", || Ok(Report::new("it counts")))
            .story("Two threads add to a number under a lock.")
            .explored_for("2 threads", "", "lose one", [2], counts)]
    })
}

fn main() -> ExitCode {
    stage::main("quizzed", "Lessons to ask about.", ["one", "two"].map(lesson))
}
