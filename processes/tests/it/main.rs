//! Every claim of the topic `processes`, as a test with a sentence for a name.

mod command_line;
mod copy_on_write;
#[cfg(target_os = "linux")]
mod daemon;
mod end_of_a_run;
mod ending;
mod fork_with_threads;
mod inherited_files;
#[cfg(target_os = "linux")]
mod living;
#[cfg(target_os = "linux")]
mod other_side;
mod pipeline;
#[cfg(target_os = "linux")]
mod promises;
mod python;
mod readme;
mod spawn_and_wait;
mod start;
mod starting_python;
mod worker;

use std::path::Path;
use std::time::{Duration, Instant};

use processes::child::DEADLINE;

/// This topic's binary: what the lessons start as their child.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_processes"))
}

/// Waits until the condition holds. The time for it is shorter than a child's deadline: what only
/// that brings about has not happened.
fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < DEADLINE * 3 / 4, "{what} did not happen");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}
