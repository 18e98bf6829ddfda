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
    /// Each thread waits at a gate until the last one is started; the lanes of some are drawn. Then
    /// the same tasks on a pool.
    Unbounded(lessons::Unbounded),

    /// fifty tasks on ten workers, and the submitter goes on at once
    ///
    /// Task n waits 2 ms, as for a network, and counts to n². All are held at a gate until the last
    /// one is submitted.
    Submit,

    /// what is queued when a pool ends, or the program does
    ///
    /// Task 1 is at work, the others are queued. Main returns: nobody drops a static, nobody waits
    /// for its pool.
    Shutdown,

    /// a callback on completion, and which thread runs it
    ///
    /// One worker. While the callback of task 1 takes its time there, task 2 is not even begun.
    Callback,

    /// fifty results, one at a time, in order, or as they come
    ///
    /// Ten workers. Who asks for each result right after its submit gives nine of them nothing to
    /// do.
    Results,

    /// a task that panics, and who hears of it
    ///
    /// Four workers of a pool that catches nothing, four tasks that panic, and a fifth task.
    Panic,

    /// a task that nobody wants any more, and time limits
    ///
    /// Nothing stops a thread from outside. A task that is queued can be taken back; one that runs
    /// has to ask.
    Cancel,

    /// tasks that come faster than they are run
    ///
    /// 1000 tasks, with 16 KiB of data each, for two workers who stand at a gate until the queue
    /// has shown what it does when it is full.
    BackPressure(lessons::BackPressure),

    /// tasks that wait for tasks of their own pool
    ///
    /// Each worker has an outer task, which submits an inner one and waits for it. Who is left to
    /// run the inner ones?
    Nested(lessons::Nested),

    /// one long task among short ones, and who takes those behind it
    ///
    /// The long one lasts until the others can get no further without its worker; each short one
    /// waits 2 ms, as for a network.
    Stealing(lessons::Stealing),

    /// as many workers as can be at work at once
    ///
    /// The same 64 tasks on pools of 1, 2, 4 … workers. Tasks that compute want a worker for each
    /// core; tasks that wait want more.
    Sizing(lessons::Sizing),
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Unbounded(options) => lessons::unbounded(options),
            Which::Submit => lessons::submit(),
            Which::Shutdown => lessons::shutdown(),
            Which::Callback => lessons::callback(),
            Which::Results => lessons::results(),
            Which::Panic => lessons::panic(),
            Which::Cancel => lessons::cancel(),
            Which::BackPressure(options) => lessons::back_pressure(*options),
            Which::Nested(options) => lessons::nested(options),
            Which::Stealing(options) => lessons::stealing(options),
            Which::Sizing(options) => lessons::sizing(*options),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    thread_pool::role::play().unwrap_or_else(stage::main::<Cli>)
}
