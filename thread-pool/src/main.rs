//! The command line of the topic `thread-pool`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// Why threads are reused, and what a pool has to get right.
///
/// Without a lesson: the tour of all of them.
#[derive(Parser)]
#[command(name = "thread-pool", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// a thread for each of thousands of tasks, beside a pool of four
    ///
    /// Each thread waits at a gate until the last one is started; the lanes of some are drawn. Then the same tasks on a pool.
    Unbounded(lessons::Unbounded),
    /// tasks that come faster than they are run
    ///
    /// 1000 tasks, with 16 KiB of data each, for two workers who stand at a gate until the queue has shown what it does when it is full.
    BackPressure(lessons::BackPressure),
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Unbounded(options) => lessons::unbounded(options),
            Which::BackPressure(options) => lessons::back_pressure(*options),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
