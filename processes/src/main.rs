//! The command line of the topic `processes`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What a process has that a thread has not, and how it is started.
///
/// Without a lesson: the tour of all of them. The children are this program once more; each has a
/// deadline, and none is left behind.
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

    /// what becomes of a child when its parent is killed
    ///
    /// SIGKILL leaves the parent no last word. Whoever is to end the child then has to know
    /// beforehand.
    Daemon,

    /// numbers, names and titles, and where they come from
    ///
    /// A child is started under a name, and gives itself a title; its parent looks at both from
    /// outside.
    Names,

    /// ten threads, counted inside the child and outside
    ///
    /// The kernel counts what runs; a program knows what it has started.
    Threads,

    /// the process class: a struct that stands for a process
    ///
    /// It has a state of its own and takes tasks. What it changes in its memory is not changed in
    /// its parent's.
    Worker,

    /// how many processors there are, and how many may be used
    ///
    /// A child is kept to one processor, or to a tenth of one, as in a container.
    Cpus,

    /// the child begins as a copy of its parent
    ///
    /// It finds its parent's list and appends 5: to a copy. The parent is this program once more,
    /// with one thread.
    Fork,

    /// the child is a program that begins at its beginning
    ///
    /// What it needs to know is sent to it over a pipe, as JSON.
    Spawn,

    /// a template, started early, is forked on request
    ///
    /// It loads what all need, once; jobs and open files go to it over a socket.
    ForkServer,

    /// a lock that another thread held at the fork
    ///
    /// The child has a copy of the lock, held, and none of the thread that holds it.
    ForkWithThreads,

    /// memory that is copied when it is written to
    ///
    /// A parent with 64 MiB forks; then one of the two writes to half of it. The figures are the
    /// kernel's.
    CopyOnWrite,

    /// the open files that a child gets
    ///
    /// The parent has a file open, and starts a child. Numbers are descriptors; c: closed when a
    /// program is executed.
    InheritedFiles,

    /// a child that has ended and is not waited for
    ///
    /// Three children end at once. Their parent has something else to do.
    Zombie,

    /// a child that has lost its parent, and who waits for it
    ///
    /// Someone is given every orphan, and has to wait for a child that it has not started.
    Orphan,

    /// asked to stop, and made to after a time limit
    ///
    /// SIGTERM asks, SIGKILL does not. A signal goes to one process, or to a group.
    Signals,

    /// a child that crashes, beside a thread that panics
    ///
    /// Half a transfer is made, and then it falls: a thread, a thread with all others, a child.
    Isolation,

    /// `a | b` by hand
    ///
    /// b reads up to the end of its input, which comes when nobody can write any more.
    Pipeline,

    /// limits on memory, time, files
    ///
    /// The kernel stops a child that asks for too much: by an error, or by a signal.
    Limits,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::SpawnAndWait => lessons::spawn_and_wait(),
            Which::Daemon => lessons::daemon(),
            Which::Names => lessons::names(),
            Which::Threads => lessons::threads(),
            Which::Worker => lessons::worker(),
            Which::Cpus => lessons::cpus(),
            Which::Fork => lessons::fork(),
            Which::Spawn => lessons::spawn(),
            Which::ForkServer => lessons::fork_server(),
            Which::ForkWithThreads => lessons::fork_with_threads(),
            Which::CopyOnWrite => lessons::copy_on_write(),
            Which::InheritedFiles => lessons::inherited_files(),
            Which::Zombie => lessons::zombie(),
            Which::Orphan => lessons::orphan(),
            Which::Signals => lessons::signals(),
            Which::Isolation => lessons::isolation(),
            Which::Pipeline => lessons::pipeline(),
            Which::Limits => lessons::limits(),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    processes::role::play().unwrap_or_else(stage::main::<Cli>)
}
