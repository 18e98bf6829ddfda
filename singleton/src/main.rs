//! The command line of the topic `singleton`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    singleton::after_fork::play().unwrap_or_else(|| stage::main(env!("CARGO_PKG_NAME"), "How something is made once, whoever asks first. Without a lesson: the tour of all of them. What hangs runs in a child process, which is watched, ended and reaped.", [lessons::plain(), lessons::naive(), lessons::outside_the_lock(), lessons::mutex(), lessons::double_checked(), lessons::compare_exchange(), lessons::once(), lessons::once_cell(), lessons::once_lock(), lessons::lazy_lock(), lessons::thread_local(), lessons::panic(), lessons::recursive(), lessons::after_fork()]))
}
