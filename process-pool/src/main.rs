//! The command line of the topic `process-pool`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// When workers are better processes, and what happens when one dies.
///
/// Without a lesson: the tour of all of them. The worker processes run this same program; none is
/// left behind.
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
    /// A task goes to whichever worker is free. Submitting it returns a handle, Python's future,
    /// which waits for the answer.
    Submit,

    /// what becomes of tasks when their pool ends, or the program does
    ///
    /// Ten tasks, four workers. A task that runs is finished or killed; one that is queued is run,
    /// or its handle gets an error.
    Shutdown,

    /// a callback on completion, and which process it runs in
    ///
    /// A task runs in a worker process, and cannot reach the caller's memory. Its callback can.
    Callback,

    /// a number that all workers add to, and a lock that they share
    ///
    /// A gate holds each of two tasks between its read and its write, so that both read the same
    /// number.
    Lock,

    /// ten results in the order of the tasks
    ///
    /// Four workers. Task 1 ends last; its result comes first all the same.
    Map,

    /// ten results, each as soon as it is there
    ///
    /// Task 1 is slow: it waits at a gate. The other nine are done at once.
    AsCompleted,

    /// how many tasks go in one message, and where it pays
    ///
    /// Twenty tasks, the first of them long. Then the time per task, by chunk size.
    Chunk,

    /// what a worker does before its first task
    ///
    /// Twenty tasks look something up in a table, which has to be made first, in each process.
    Initializer,

    /// workers that are replaced after so many tasks
    ///
    /// Twelve tasks, each of which leaks 1 MiB. Python's pool calls it maxtasksperchild.
    Retire,

    /// a worker that is killed in the middle of a task
    ///
    /// Ten tasks, two workers; the one that runs task 4 is killed. Naive shares two pipes, as
    /// Python's multiprocessing.Pool does; python is concurrent.futures.
    Crash,

    /// a task that kills every worker that runs it
    ///
    /// When a worker dies, its task is run again. Nine other tasks wait.
    Poison,

    /// a task that hangs, and one behind it
    ///
    /// One worker. A time limit for waiting is not a time limit for the task.
    Timeout,

    /// where processes win against threads, and where they lose
    ///
    /// They win where a task may crash, or takes a lock of the whole process. The price is a
    /// message for each task.
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
