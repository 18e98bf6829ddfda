//! The command line of the topic `processes`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What a process has that a thread has not, and how it is started.
///
/// Without a lesson: the tour of all of them. The children are this program once more; each has a deadline, and none is left
/// behind.
#[derive(Parser)]
#[command(name = "processes", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// how a child ended, and what it said meanwhile
    ///
    /// Its parent learns an exit code or a signal, and what came out of two pipes.
    SpawnAndWait,

    /// the child begins as a copy of its parent
    ///
    /// It finds its parent's list and appends 5: to a copy. The parent is this program once more, with one thread.
    Fork,

    /// the child is a program that begins at its beginning
    ///
    /// What it needs to know is sent to it over a pipe, as JSON.
    Spawn,

    /// a template, started early, is forked on request
    ///
    /// It loads what all need, once. Jobs and open files go to it over a socket; it forks, reaps and reports.
    ForkServer,

    /// a lock that another thread held at the fork
    ///
    /// The child has a copy of the lock, held, and none of the thread that holds it.
    ForkWithThreads,

    /// memory that is copied when it is written to
    ///
    /// A parent with 64 MiB forks; then one of the two writes to half of it. The figures are the kernel's.
    CopyOnWrite,

    /// the open files that a child gets
    ///
    /// The parent has a file open, and starts a child. Numbers are descriptors; c: closed when a program is executed.
    InheritedFiles,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::SpawnAndWait => lessons::spawn_and_wait(),
            Which::Fork => lessons::fork(),
            Which::Spawn => lessons::spawn(),
            Which::ForkServer => lessons::fork_server(),
            Which::ForkWithThreads => lessons::fork_with_threads(),
            Which::CopyOnWrite => lessons::copy_on_write(),
            Which::InheritedFiles => lessons::inherited_files(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    processes::role::play().unwrap_or_else(stage::main::<Cli>)
}
