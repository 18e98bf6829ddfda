//! The command line of the topic `locks`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What is inside a lock, and which one to take.
///
/// Without a lesson: the tour of all of them.
#[derive(Parser)]
#[command(name = "locks", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// a lock that is waited for by looking again and again
    ///
    /// Who finds it taken pauses, looks, pauses longer. Who finds it free takes it: in two steps both get in, in one step one does.
    Spin(lessons::Spin),
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Spin(options) => lessons::spin(options),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
