//! The command line of the topic `deadlock`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    stage::main(
        env!("CARGO_PKG_NAME"),
        "How threads come to wait for each other for ever, and every way out of it. Without a \
         lesson: the tour of all of them. What is shown as broken runs in a child process, which \
         is watched, ended and reaped; nothing hangs.",
        [
            lessons::self_lock(),
            lessons::lock_order(),
            lessons::philosophers(),
            lessons::coffman(),
            lessons::banker(),
            lessons::detect(),
            lessons::recover(),
            lessons::lock_graph(),
            lessons::upgrade(),
            lessons::channels(),
            lessons::join_cycle(),
            lessons::pool(),
            lessons::async_guard(),
            lessons::livelock(),
            lessons::starvation(),
        ],
    )
}
