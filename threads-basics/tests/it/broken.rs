//! What is shown as broken and never ends: it is run in a child, as the binary runs it, and
//! watched.

use std::process::Command;
use std::time::Duration;

use stage::{End, watch};

/// Plays a form that deadlocks, and returns the circle that it ended in.
pub(crate) fn circle(arguments: &[&str], form: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_threads-basics"));
    let seen = watch(command.args(arguments), form, Duration::from_secs(60))
        .expect("the binary was built");
    match seen.end {
        End::Deadlocked(knot) => knot.to_string(),
        other => panic!("{arguments:?} {form} did not deadlock: {other:?}; {}", seen.complaint),
    }
}
