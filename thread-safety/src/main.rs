//! The command line of the topic `thread-safety`: a subcommand a lesson.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use stage::{Lesson, Options, Topic};

mod lessons;

/// What goes wrong when threads share a value, and what mends it.
///
/// Without a lesson: the tour of all of them. What is shown as broken breaks on every run, and without undefined behaviour.
#[derive(Parser)]
#[command(name = "thread-safety", version)]
struct Cli {
    #[command(subcommand)]
    lesson: Option<Which>,
    #[command(flatten)]
    options: Options,
}

// The first line of each lesson is its title, the rest its story, on the screen as in --help.
#[derive(Subcommand)]
enum Which {
    /// +1 and -1 on two threads, and the sum is not 0
    ///
    /// t1 and t2 read the counter, add to what they read, and write it back. Who writes last overwrites what the other wrote.
    LostUpdate,

    /// a bank account overdrawn between the check and the withdrawal
    ///
    /// t1 and t2 each look whether 80 is there, then take it. Looking and taking are each under the lock; both together are not.
    CheckThenAct,

    /// eleven operations that are atomic in Python, and what makes them safe here
    ///
    /// Each row: the type, what makes it safe, threads × calls on each, what was checked of them.
    Operations,

    /// programs that rustc refuses
    ///
    /// Your rustc is asked: it has to refuse each of them with that code, and to take its mended twin (`*_mended.rs`) without a word.
    Compiler,
}

impl Topic for Cli {
    fn options(&self) -> &Options {
        &self.options
    }

    fn lesson(&self) -> Option<Lesson> {
        self.lesson.as_ref().map(|which| match which {
            Which::LostUpdate => lessons::lost_update(),
            Which::CheckThenAct => lessons::check_then_act(),
            Which::Operations => lessons::operations(),
            Which::Compiler => lessons::compiler(),
        })
    }
}

fn main() -> ExitCode {
    stage::main::<Cli>()
}
