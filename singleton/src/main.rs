//! The command line of the topic `singleton`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons {
    pub(crate) mod after_fork;
    mod approach;
    pub(crate) mod compare_exchange;
    pub(crate) mod double_checked;
    pub(crate) mod lazy_lock;
    pub(crate) mod mutex;
    pub(crate) mod naive;
    pub(crate) mod once;
    pub(crate) mod once_cell;
    pub(crate) mod once_lock;
    pub(crate) mod outside_the_lock;
    pub(crate) mod panic;
    pub(crate) mod plain;
    pub(crate) mod recursive;
    pub(crate) mod single_flight;
    pub(crate) mod thread_local;
}

fn main() -> ExitCode {
    kit::child::enter(&[singleton::after_fork::CHILD]);
    stage::main(
        env!("CARGO_PKG_NAME"),
        "How something is built exactly once, whichever thread asks first. Without a lesson: the \
         tour of all of them. What hangs runs in a child process, which is watched, ended and \
         reaped.",
        [
            lessons::plain::lesson(),
            lessons::naive::lesson(),
            lessons::outside_the_lock::lesson(),
            lessons::mutex::lesson(),
            lessons::double_checked::lesson(),
            lessons::compare_exchange::lesson(),
            lessons::once::lesson(),
            lessons::once_cell::lesson(),
            lessons::once_lock::lesson(),
            lessons::lazy_lock::lesson(),
            lessons::single_flight::lesson(),
            lessons::thread_local::lesson(),
            lessons::panic::lesson(),
            lessons::recursive::lesson(),
            lessons::after_fork::lesson(),
        ],
    )
}
