//! The command line of the topic `processes`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    processes::role::play().unwrap_or_else(|| stage::main(env!("CARGO_PKG_NAME"), "What a process has that a thread has not, and how it is started. Without a lesson: the tour of all of them. The children are this program once more; each has a deadline, and none is left behind.", [lessons::spawn_and_wait(), lessons::daemon(), lessons::names(), lessons::threads(), lessons::worker(), lessons::cpus(), lessons::fork(), lessons::spawn(), lessons::fork_server(), lessons::fork_with_threads(), lessons::copy_on_write(), lessons::inherited_files(), lessons::zombie(), lessons::orphan(), lessons::signals(), lessons::isolation(), lessons::pipeline(), lessons::limits()]))
}
