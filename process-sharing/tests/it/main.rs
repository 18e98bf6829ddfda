//! Every claim of the topic `process-sharing`, as a test with a sentence for a name.

mod broken;
mod command_line;
mod compared;
mod end_of_a_run;
mod interrupted;
mod memory;
mod messages;
mod named;
mod names;
mod not_shared;
mod orderings;
mod python;
mod python_memory;
mod readme;
mod ring;
mod robust;
mod schedules;
#[cfg(target_os = "linux")]
mod untrusted;

use std::path::Path;

/// This topic's binary: what the lessons start as their child.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_process-sharing"))
}
