//! Every claim of the topic `process-sharing`, as a test with a sentence for a name.

mod broken;
mod command_line;
mod compared;
mod end_of_a_run;
mod messages;
mod named;
mod names;
mod not_shared;
mod python;
mod readme;
mod ring;

use std::path::Path;

/// This topic's binary: what the lessons start as their child.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_process-sharing"))
}
