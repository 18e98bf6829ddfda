//! The command line of the topic `process-sharing`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// How processes share data, and at what price.
///
/// Without a lesson: the tour of all of them. The children are this program once more; each has a deadline, and none is left
/// behind.
#[derive(Parser)]
#[command(name = "process-sharing", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// plain variables, changed by a child process and by a thread
    ///
    /// Both run the same function, which adds 1 to a static and to a value on the heap. In the parent both were 10.
    NotShared,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::NotShared => lessons::not_shared(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    process_sharing::role::play().unwrap_or_else(stage::main::<Cli>)
}
