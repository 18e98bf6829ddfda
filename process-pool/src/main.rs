//! The command line of the topic `process-pool`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// When workers are better processes, and what happens when one dies.
///
/// Without a lesson: the tour of all of them. The workers are this program once more; none is left behind.
#[derive(Parser)]
#[command(name = "process-pool", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// ten tasks on four worker processes
    ///
    /// A task goes to whichever worker is free; its handle waits for its answer.
    Submit,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Submit => lessons::submit(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a pool, this is not the topic but a worker in it.
    process_pool::enter::<process_pool::job::Job>();
    stage::main::<Cli>()
}
