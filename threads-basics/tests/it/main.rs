//! Every claim of the topic `threads-basics`, as a test with a sentence for a name.

mod broken;
mod command_line;
mod daemon;
mod gil;
mod gil_schedules;
mod jobs;
mod join;
mod local;
mod names;
mod orderings;
mod oversubscription;
mod park;
mod promises;
mod python;
mod readme;
mod schedules;
mod scope;
mod spawn;
mod versus_process;
mod worker;

use std::path::Path;

/// For the lessons' own files, which `orderings` compiles once more.
use threads_basics::Meeting;

/// This topic's binary: what the lessons start as their child.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_threads-basics"))
}
