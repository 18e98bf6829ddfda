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

    /// how long a guard lives, how long to wait, what a panic leaves
    ///
    /// t1 takes a job out of a list and does it. t2 looks meanwhile whether the list is free.
    Mutex,

    /// one thread takes a lock that it has already
    ///
    /// A mutex does not ask who holds it: t1 waits for itself. A reentrant lock asks, and counts.
    Nested(lessons::Nested),

    /// two threads keep each other out with loads and stores alone
    ///
    /// Each says that it wants in, gives way, and looks. If its look overtakes its announcement, both get in.
    Peterson(lessons::Peterson),

    /// four threads want one lock all the time: who gets it how often?
    ///
    /// A bar is shared out among t1 █, t2 ▒, t3 ▄, t4 ·. J is Jain's index: 1 if all get the same, 0.25 if one gets all. The run is
    /// how often, at the most, one thread had the lock again while all the others wanted it.
    Fairness(lessons::Fairness),

    /// short sections behind a long one
    ///
    /// Four threads want the lock for an instant, and line up behind one that works with the lock in its hand.
    Convoy,

    /// the most urgent task waits for the middle one
    ///
    /// Low has the lock, high waits for it; medium wants no lock, and takes the processor from low. Played in ticks, on one
    /// processor: for real, it takes an administrator's rights.
    PriorityInversion(lessons::PriorityInversion),
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Spin(options) => lessons::spin(options),
            Which::Mutex => lessons::mutex(),
            Which::Nested(options) => lessons::nested(options),
            Which::Peterson(options) => lessons::peterson(options),
            Which::Fairness(options) => lessons::fairness(options),
            Which::Convoy => lessons::convoy(),
            Which::PriorityInversion(options) => lessons::priority_inversion(options),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
