//! The claims of the topic `threads-basics` that no variant asserts by itself.

mod broken;
mod command_line;
mod daemon;
mod gil;
mod gil_schedules;
mod jobs;
mod names;
mod orderings;
mod oversubscription;
mod promises;
mod readme;
mod schedules;
mod versus_process;
mod worker;

use std::path::Path;

/// This topic's binary: what the lessons start as their child.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_threads-basics"))
}
