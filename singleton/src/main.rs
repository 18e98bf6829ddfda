//! The command line of the topic `singleton`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// How something is made once, whoever asks first.
///
/// Without a lesson: the tour of all of them.
#[derive(Parser)]
#[command(name = "singleton", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// plain objects, each with its address
    ///
    /// Who asks gets a new config. An address says where one is; a count says how many there are.
    Plain,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Plain => lessons::plain(),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
