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

    /// what becomes of tasks when their pool ends, or the program does
    ///
    /// Ten tasks, four workers. What is under way ends, or is killed; what is queued is run, or told.
    Shutdown,

    /// a callback on completion, and which process it runs in
    ///
    /// A task is far away: what it adds up, it adds up in its worker.
    Callback,

    /// a number that all workers add to, and a lock that they share
    ///
    /// Two tasks read it before either writes: a gate holds them between the two.
    Lock,

    /// ten results in the order of the tasks
    ///
    /// Four workers. The first task ends last; its result is the first all the same.
    Map,

    /// ten results as they come
    ///
    /// The first task is slow: it ends when the caller has seen what it is to see.
    AsCompleted,

    /// how many tasks go in one message, and where it pays
    ///
    /// The first of twenty tasks is long. Then what a task costs, by the chunk.
    Chunk,

    /// what a worker does before its first task
    ///
    /// Twenty tasks look something up in a table that has to be made first.
    Initializer,

    /// workers that end after so many tasks, and their successors
    ///
    /// Twelve tasks, each of which leaks a MiB.
    Retire,

    /// a worker that is killed in the middle of a task
    ///
    /// Ten tasks, two workers. Task 4 waits at a gate, and its worker is killed there.
    Crash,

    /// a task that kills every worker that runs it
    ///
    /// It is run again when its worker dies. Nine others want to be run as well.
    Poison,

    /// a task that hangs, and one behind it
    ///
    /// One worker. A limit for waiting is not a limit for the task.
    Timeout,

    /// where processes win against threads, and where they lose
    ///
    /// They win where a task may crash, or takes a lock of the whole process; a message is what they cost.
    VersusThreads,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Submit => lessons::submit(),
            Which::Shutdown => lessons::shutdown(),
            Which::Callback => lessons::callback(),
            Which::Lock => lessons::lock(),
            Which::Map => lessons::map(),
            Which::AsCompleted => lessons::as_completed(),
            Which::Chunk => lessons::chunk(),
            Which::Initializer => lessons::initializer(),
            Which::Retire => lessons::retire(),
            Which::Crash => lessons::crash(),
            Which::Poison => lessons::poison(),
            Which::Timeout => lessons::timeout(),
            Which::VersusThreads => lessons::versus_threads(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a pool, this is not the topic but a worker in it.
    process_pool::enter::<process_pool::job::Job>();
    process_pool::naive::enter();
    // Or the child of a lesson.
    process_pool::role::play().unwrap_or_else(stage::main::<Cli>)
}
