//! The command line of the topic `coroutines`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What a task is, who runs it, and what is lost when it is cancelled.
///
/// Without a lesson: the tour of all of them.
#[derive(Parser)]
#[command(name = "coroutines", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// a producer and a consumer that take turns on one thread
    ///
    /// The consumer asks, the producer makes one value and gives way. Where it goes on is kept in a struct, by hand or by the compiler, or on a second stack.
    Generator,

    /// lazy until polled: poll, Pending, and the waker
    ///
    /// t1 awaits a signal that t2 sets. A future that answers Pending has promised to wake its task; one that does not is never polled again.
    Future,

    /// spawned, joined, aborted
    ///
    /// Three tasks take turns on one thread. One ends, one is aborted where it gives way, one panics.
    Tasks,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Generator => lessons::generator(),
            Which::Future => lessons::future(),
            Which::Tasks => lessons::tasks(),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
