//! The command line of the topic `thread-safety`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons {
    pub(crate) mod aba;
    pub(crate) mod check_then_act;
    pub(crate) mod compiler;
    pub(crate) mod false_sharing;
    pub(crate) mod litmus;
    mod litmus_row;
    pub(crate) mod lost_update;
    pub(crate) mod mutex;
    pub(crate) mod operations;
    pub(crate) mod optimistic;
    pub(crate) mod publication;
    pub(crate) mod torn_read;
    mod weakened;
}

fn main() -> ExitCode {
    stage::main(
        env!("CARGO_PKG_NAME"),
        "What goes wrong when threads share a value, and what fixes it. Without a lesson: the \
         tour of all of them. What is shown as broken breaks on every run, and without undefined \
         behaviour.",
        [
            lessons::lost_update::lesson(),
            lessons::mutex::lesson(),
            lessons::check_then_act::lesson(),
            lessons::optimistic::lesson(),
            lessons::torn_read::lesson(),
            lessons::publication::lesson(),
            lessons::litmus::lesson(),
            lessons::false_sharing::lesson(),
            lessons::aba::lesson(),
            lessons::operations::lesson(),
            lessons::compiler::lesson(),
        ],
    )
}
