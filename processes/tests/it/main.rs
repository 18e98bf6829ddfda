//! What the variants of the lessons do not show: contracts, exact counts, and the command line.

mod command_line;
mod end_of_a_run;
mod inherited_files;
#[cfg(target_os = "linux")]
mod living;
mod models;
#[cfg(target_os = "linux")]
mod other_side;
mod pipeline;
#[cfg(target_os = "linux")]
mod promises;
mod readme;
mod spawn_and_wait;
mod start;
mod worker;

use std::path::Path;

/// Returns this topic's binary, which the lessons start as their child.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_processes"))
}
