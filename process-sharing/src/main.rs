//! The command line of the topic `process-sharing`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    // Started by a lesson, this is not the topic but a child in it.
    process_sharing::role::play().unwrap_or_else(|| stage::main(env!("CARGO_PKG_NAME"), "How processes share data, and at what price. Without a lesson: the tour of all of them. The children are this program once more; each has a deadline, and none is left behind.", [lessons::not_shared(), lessons::value(), lessons::array(), lessons::manager(), lessons::queue(), lessons::pipe(), lessons::fifo(), lessons::message_queue(), lessons::socket(), lessons::semaphore(), lessons::signal(), lessons::ring(), lessons::process_lock(), lessons::owner_died(), lessons::file_lock(), lessons::ipc_compared()]))
}
