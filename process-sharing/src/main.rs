//! The command line of the topic `process-sharing`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// How processes share data, and at what price.
///
/// Without a lesson: the tour of all of them. The children are this program once more; each has a deadline, and none is left
/// behind.
#[derive(Parser)]
#[command(name = "process-sharing", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// plain variables, changed by a child process and by a thread
    ///
    /// Both run the same function, which adds 1 to a static and to a value on the heap. In the parent both were 10.
    NotShared,
    /// an integer, a byte and a character in shared memory, changed by a child
    ///
    /// The child inherits the memory's descriptor. What it writes there its parent reads, unless it has the memory as a copy of its own.
    Value,
    /// four integers in shared memory, changed by a child
    ///
    /// They are 1, 2, 3, 4. To see that a change arrives, something else has to be written.
    Array,
    /// a ring in shared memory: messages without a copy, and without the kernel
    ///
    /// A child is killed in the middle of its third message. Through a pipe, half a message arrives; through the ring, whole ones.
    Ring,
    /// a thousand processes add 1, with a lock and without
    ///
    /// Ten children fork a hundred processes each. The first two to read the number wait for each other before they write it, where they can.
    ProcessLock,
    /// a process is killed while it holds the lock
    ///
    /// It has taken 10 from one account, and not yet put them on the other. The next owner waits, is told, or is not.
    OwnerDied,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::NotShared => lessons::not_shared(),
            Which::Value => lessons::value(),
            Which::Array => lessons::array(),
            Which::Ring => lessons::ring(),
            Which::ProcessLock => lessons::process_lock(),
            Which::OwnerDied => lessons::owner_died(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    process_sharing::role::play().unwrap_or_else(stage::main::<Cli>)
}
