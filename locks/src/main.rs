//! The command line of the topic `locks`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    stage::main(
        env!("CARGO_PKG_NAME"),
        "What is inside a lock, and which one to take. Without a lesson: the tour of all of them.",
        [
            lessons::spin(),
            lessons::ticket(),
            lessons::mcs(),
            lessons::futex(),
            lessons::reentrant(),
            lessons::mutex(),
            lessons::nested(),
            lessons::rwlock(),
            lessons::sharded_rwlock(),
            lessons::condvar(),
            lessons::semaphore(),
            lessons::barrier(),
            lessons::event(),
            lessons::latch(),
            lessons::peterson(),
            lessons::fairness(),
            lessons::convoy(),
            lessons::priority_inversion(),
        ],
    )
}
