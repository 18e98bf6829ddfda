//! The command line of the topic `deadlock`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    use lessons::*;
    stage::main(
        env!("CARGO_PKG_NAME"),
        "How threads come to wait for each other for ever, and every way out of it. Without a \
         lesson: the tour of all of them. What is shown as broken runs in a child process, which \
         is watched, killed and reaped; nothing hangs.",
        [
            self_lock::lesson(),
            lock_order::lesson(),
            philosophers::lesson(),
            coffman::lesson(),
            banker::lesson(),
            detect::lesson(),
            recover::lesson(),
            lock_graph::lesson(),
            upgrade::lesson(),
            channels::lesson(),
            join_cycle::lesson(),
            pool::lesson(),
            async_guard::lesson(),
            livelock::lesson(),
            starvation::lesson(),
        ],
    )
}
