//! The command line of the topic `thread-safety`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    stage::main(
        env!("CARGO_PKG_NAME"),
        "What goes wrong when threads share a value, and what fixes it. Without a lesson: the \
         tour of all of them. What is shown as broken breaks on every run, and without undefined \
         behaviour.",
        [
            lessons::lost_update(),
            lessons::check_then_act(),
            lessons::torn_read(),
            lessons::publication(),
            lessons::litmus(),
            lessons::false_sharing(),
            lessons::aba(),
            lessons::operations(),
            lessons::compiler(),
        ],
    )
}
