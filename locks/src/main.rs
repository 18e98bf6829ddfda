//! The command line of the topic `locks`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    stage::main(
        env!("CARGO_PKG_NAME"),
        "What is inside a lock, and which one to choose. Without a lesson: the tour of all.",
        [
            lessons::spin::lesson(),
            lessons::ticket::lesson(),
            lessons::mcs::lesson(),
            lessons::futex::lesson(),
            lessons::reentrant::lesson(),
            lessons::mutex::lesson(),
            lessons::nested::lesson(),
            lessons::rwlock::lesson(),
            lessons::sharded_rwlock::lesson(),
            lessons::condvar::lesson(),
            lessons::bounded_buffer::lesson(),
            lessons::queue_shutdown::lesson(),
            lessons::alternate::lesson(),
            lessons::semaphore::lesson(),
            lessons::barrier::lesson(),
            lessons::event::lesson(),
            lessons::latch::lesson(),
            lessons::from_condvar::lesson(),
            lessons::peterson::lesson(),
            lessons::fairness::lesson(),
            lessons::convoy::lesson(),
            lessons::priority_inversion::lesson(),
        ],
    )
}
