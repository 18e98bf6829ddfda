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

    /// first come, first served: a number is drawn, and waited for
    ///
    /// Who comes draws the next number; who gives the lock back serves the one after its own. The draw must be one step.
    Ticket(lessons::Line),

    /// a line in which each looks at a cell of its own
    ///
    /// Who comes makes itself the tail, then links itself to the one before. Who gives the lock back may look in between.
    Mcs(lessons::Line),

    /// who waits sleeps, and must not miss being woken
    ///
    /// t2 finds the lock taken. Before it sleeps, t1 gives it back and wakes whoever sleeps: nobody, yet.
    Futex(lessons::Futex),

    /// a lock that its holder may take again
    ///
    /// It notes whose it is, and lets that one in; and it has to count, or the inner section's end is the outer one's, too.
    Reentrant(lessons::Reentrant),
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Spin(options) => lessons::spin(options),
            Which::Ticket(options) => lessons::ticket(options),
            Which::Mcs(options) => lessons::mcs(options),
            Which::Futex(options) => lessons::futex(options),
            Which::Reentrant(options) => lessons::reentrant(options),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
