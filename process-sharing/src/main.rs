//! The command line of the topic `process-sharing`: a subcommand for each lesson.

use std::process::ExitCode;

use process_sharing::*;

mod lessons;

/// The functions that a process runs which a lesson has started as its child.
#[rustfmt::skip]
const CHILDREN: &[kit::child::Entry] = &[
    names::SWEEPER, not_shared::CHILD, value::CHILD, array::CHILD, named_memory::CHILD,
    manager::SERVER, manager::CLIENT, queue::PRODUCER, queue::CONSUMER, pipe::CHILD,
    unnamed_pipe::CHILD, fifo::CHILD, socket::CHILD, semaphore::CHILD, ring::CHILD,
    process_lock::CHILD, owner_died::CHILD, file_lock::CHILD, ipc_compared::CHILD,
    #[cfg(target_os = "linux")] message_queue::CHILD, #[cfg(target_os = "linux")] signal::CHILD,
];

#[rustfmt::skip]
fn main() -> ExitCode {
    kit::child::enter(CHILDREN);
    let about = "How processes share data, and at what price. Without a lesson: the tour of all of \
                 them. The children are this program once more; each has a timeout, and none is \
                 left behind.";
    stage::main(env!("CARGO_PKG_NAME"), about, [
        lessons::not_shared::lesson(), lessons::value::lesson(), lessons::array::lesson(),
        lessons::named_memory::lesson(), lessons::manager::lesson(), lessons::queue::lesson(),
        lessons::pipe::lesson(), lessons::unnamed_pipe::lesson(), lessons::fifo::lesson(),
        lessons::message_queue::lesson(), lessons::socket::lesson(), lessons::semaphore::lesson(),
        lessons::signal::lesson(), lessons::ring::lesson(), lessons::process_lock::lesson(),
        lessons::owner_died::lesson(), lessons::file_lock::lesson(),
        lessons::ipc_compared::lesson(),
    ])
}
