//! The command line of the topic `thread-pool`: a subcommand a lesson.

use std::process::ExitCode;

use thread_pool::{panic, shutdown};

mod lessons;

fn main() -> ExitCode {
    kit::child::enter(&[
        shutdown::LEFT,
        shutdown::LEFT_TO_RAYON,
        shutdown::SHUT_DOWN,
        panic::RAYON_PANIC,
    ]);
    let about = "Why threads are reused, and what a pool has to get right. Without a lesson: the \
                 tour of all of them.";
    let lessons = [
        lessons::unbounded::lesson(),
        lessons::submit::lesson(),
        lessons::shutdown::lesson(),
        lessons::callback::lesson(),
        lessons::results::lesson(),
        lessons::panic::lesson(),
        lessons::cancel::lesson(),
        lessons::back_pressure::lesson(),
        lessons::nested::lesson(),
        lessons::stealing::lesson(),
        lessons::sizing::lesson(),
        lessons::elastic::lesson(),
        lessons::priority::lesson(),
        lessons::thread_locals::lesson(),
    ];
    stage::main(env!("CARGO_PKG_NAME"), about, lessons)
}
