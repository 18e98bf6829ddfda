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

    /// many readers at once or one writer, and who starves
    ///
    /// r1 and r2 hand over to each other: one always is inside. w wants to write. May a reader pass a writer that waits?
    Rwlock(lessons::shared::Rwlock),

    /// a lock for each reader, and all of them for a writer
    ///
    /// Readers that share one lock wait for its cache line. So r has a shard of its own; and w, which writes two values?
    ShardedRwlock,

    /// to sleep until a condition holds
    ///
    /// c1 and c2 wait for an item each. p puts one and wakes both. Later, t1 waits for a flag, just when t2 sets it.
    Condvar(lessons::shared::Condvar),

    /// at most so many inside
    ///
    /// Two permits, and three threads who want one. Before they come, someone gives back a permit that was never taken.
    Semaphore,

    /// rounds in step
    ///
    /// t1 and t2 begin a round when both have ended the last one. t2 opens the barrier, and comes again before t1 has looked.
    Barrier(lessons::shared::Barrier),

    /// one waits until another says so
    ///
    /// t2 gives a signal when t1 has not come to wait for it yet.
    Event,

    /// one waits until so many are done
    ///
    /// w waits for the work of t1, t2 and t3, and comes before any of them has begun.
    Latch,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Spin(options) => lessons::spin(options),
            Which::Rwlock(options) => lessons::shared::rwlock(options),
            Which::ShardedRwlock => lessons::shared::sharded_rwlock(),
            Which::Condvar(options) => lessons::shared::condvar(options),
            Which::Semaphore => lessons::shared::semaphore(),
            Which::Barrier(options) => lessons::shared::barrier(options),
            Which::Event => lessons::shared::event(),
            Which::Latch => lessons::shared::latch(),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
