//! The command line of the topic `process-sharing`: a subcommand for each lesson.

use std::process::ExitCode;

use process_sharing as topic;

mod lessons;

fn main() -> ExitCode {
    // A process that a lesson has started as its child runs one of these, and exits.
    kit::child::enter(&[
        topic::names::SWEEPER,
        topic::not_shared::CHILD,
        topic::value::CHILD,
        topic::array::CHILD,
        topic::manager::SERVER,
        topic::manager::CLIENT,
        topic::queue::PRODUCER,
        topic::queue::CONSUMER,
        topic::pipe::CHILD,
        topic::fifo::CHILD,
        #[cfg(target_os = "linux")]
        topic::message_queue::CHILD,
        topic::socket::CHILD,
        topic::semaphore::CHILD,
        #[cfg(target_os = "linux")]
        topic::signal::CHILD,
        topic::ring::CHILD,
        topic::process_lock::CHILD,
        topic::owner_died::CHILD,
        topic::kill_stress::CHILD,
        topic::file_lock::CHILD,
        topic::ipc_compared::CHILD,
    ]);
    let about = "How processes share data, and at what price. Without a lesson: the tour of all of \
                 them. The children are this program once more; each has a timeout, and none is \
                 left behind.";
    let lessons = [
        lessons::not_shared::lesson(),
        lessons::value::lesson(),
        lessons::array::lesson(),
        lessons::manager::lesson(),
        lessons::queue::lesson(),
        lessons::pipe::lesson(),
        lessons::fifo::lesson(),
        lessons::message_queue::lesson(),
        lessons::socket::lesson(),
        lessons::semaphore::lesson(),
        lessons::signal::lesson(),
        lessons::ring::lesson(),
        lessons::process_lock::lesson(),
        lessons::owner_died::lesson(),
        lessons::file_lock::lesson(),
        lessons::ipc_compared::lesson(),
    ];
    stage::main(env!("CARGO_PKG_NAME"), about, lessons)
}
