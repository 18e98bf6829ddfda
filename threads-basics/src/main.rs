//! The command line of the topic `threads-basics`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    threads_basics::role::play().unwrap_or_else(|| stage::main(env!("CARGO_PKG_NAME"), "What a thread is, and how it is started, named, joined and ended. Without a lesson: the tour of all of them.", [lessons::spawn(), lessons::jobs(), lessons::join(), lessons::names(), lessons::worker(), lessons::scope(), lessons::local(), lessons::park(), lessons::daemon(), lessons::versus_process(), lessons::gil(), lessons::oversubscription()]))
}
