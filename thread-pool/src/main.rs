//! The command line of the topic `thread-pool`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    thread_pool::role::play().unwrap_or_else(|| stage::main(env!("CARGO_PKG_NAME"), "Why threads are reused, and what a pool has to get right. Without a lesson: the tour of all of them.", [lessons::unbounded(), lessons::submit(), lessons::shutdown(), lessons::callback(), lessons::results(), lessons::panic(), lessons::cancel(), lessons::back_pressure(), lessons::nested(), lessons::stealing(), lessons::sizing()]))
}
