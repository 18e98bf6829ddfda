//! The command line of the topic `threads-basics`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What a thread is, and how it is started, named, joined and ended.
///
/// Without a lesson: the tour of all of them.
#[derive(Parser)]
#[command(name = "threads-basics", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// a function with four arguments, on a thread of its own
    ///
    /// The arguments move in, the starter goes on at once, the result comes back through join.
    Spawn,

    /// three jobs of different kinds, on three threads
    ///
    /// One adds up, one multiplies, one prints. Started and joined one by one, they never run at
    /// once.
    Jobs,

    /// a counter that two threads add to, read before they are joined and after
    ///
    /// The threads are held back half way until the starter has read it.
    Join,

    /// what threads are called, and how much stack they have
    ///
    /// Rust's name is as long as you like. The kernel's, which a dump shows, has 15 bytes.
    Names(lessons::Names),

    /// a thread as an object, and how it is ended
    ///
    /// A struct is moved into its thread, which runs it and gives it back. Who sleeps sees no flag.
    Worker,

    /// threads that borrow from their starter's stack
    ///
    /// They end before it goes on, so nothing has to be copied, counted or locked.
    Scope,

    /// what a thread has for itself
    ///
    /// A thread-local is written like a static, and is one for each thread, for as long as that
    /// lives.
    Local,

    /// a thread lies down, another one wakes it
    ///
    /// The token says “look again”, not what for. Here it is left over from the first letter.
    Park,

    /// what becomes of a thread when main ends
    ///
    /// Each form is a child process. What it printed before its end is below it, and so is what
    /// never came.
    Daemon,

    /// the same change, made by a thread and by a process
    ///
    /// To a static, to a list on the heap, and to a thread-local variable. Who sees it?
    VersusProcess(lessons::VersusProcess),

    /// one lock for all threads of an interpreter
    ///
    /// On 1, 2 and 4 threads, in ms: work gets no faster, waiting does.
    Gil(lessons::Gil),

    /// the same work on more and more threads
    ///
    /// Beyond the number of cores a thread that computes waits for a core; one that waits needs
    /// none.
    Oversubscription(lessons::Oversubscription),
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::Spawn => lessons::spawn(),
            Which::Jobs => lessons::jobs(),
            Which::Join => lessons::join(),
            Which::Names(options) => lessons::names(options),
            Which::Worker => lessons::worker(),
            Which::Scope => lessons::scope(),
            Which::Local => lessons::local(),
            Which::Park => lessons::park(),
            Which::Daemon => lessons::daemon(),
            Which::VersusProcess(options) => lessons::versus_process(*options),
            Which::Gil(options) => lessons::gil(*options),
            Which::Oversubscription(options) => lessons::oversubscription(*options),
        })
    }
}

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    threads_basics::role::play().unwrap_or_else(stage::main::<Cli>)
}
