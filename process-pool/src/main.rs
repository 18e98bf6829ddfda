//! The command line of the topic `process-pool`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    // Started by a pool, this is not the topic but a worker in it.
    process_pool::enter::<process_pool::job::Job>();
    process_pool::naive::enter();
    // Or the child of a lesson.
    process_pool::role::play().unwrap_or_else(|| stage::main(env!("CARGO_PKG_NAME"), "When workers are better processes, and what happens when one dies. Without a lesson: the tour of all of them. The worker processes run this same program; none is left behind.", [lessons::submit(), lessons::shutdown(), lessons::callback(), lessons::lock(), lessons::map(), lessons::as_completed(), lessons::chunk(), lessons::initializer(), lessons::retire(), lessons::crash(), lessons::poison(), lessons::timeout(), lessons::versus_threads()]))
}
