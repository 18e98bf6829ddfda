//! The command line of the topic `processes`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What a process has that a thread has not, and how it is started.
///
/// Without a lesson: the tour of all of them. The children are this program once more; each has a deadline, and none is left
/// behind.
#[derive(Parser)]
#[command(name = "processes", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// how a child ended, and what it said meanwhile
    ///
    /// Its parent learns an exit code or a signal, and what came out of two pipes.
    SpawnAndWait,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::SpawnAndWait => lessons::spawn_and_wait(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    processes::role::play().unwrap_or_else(stage::main::<Cli>)
}
