//! The command line of the topic `threads-basics`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

fn main() -> ExitCode {
    use lessons::*;
    kit::child::enter(&[
        threads_basics::names::OVERFLOW,
        threads_basics::daemon::DETACHED,
        threads_basics::daemon::JOINED,
        threads_basics::daemon::STOP_FLAG,
        threads_basics::versus_process::CHANGE,
        threads_basics::versus_process::NOTHING,
        threads_basics::context_switch::HAND_OVER,
        threads_basics::triple_loop::TRIPLE_LOOP,
        threads_basics::interpreters::INTERPRETER,
        threads_basics::states::LIVES,
        threads_basics::states::VFORK,
        threads_basics::system_call::FILTERED,
    ]);
    stage::main(
        env!("CARGO_PKG_NAME"),
        "What a thread is, and how it is started, named, joined and ended. Without a lesson: the \
         tour of all of them.",
        [
            spawn::lesson(),
            jobs::lesson(),
            join::lesson(),
            names::lesson(),
            worker::lesson(),
            scope::lesson(),
            local::lesson(),
            park::lesson(),
            daemon::lesson(),
            versus_process::lesson(),
            gil::lesson(),
            oversubscription::lesson(),
            states::lesson(),
            system_call::lesson(),
            context_switch::lesson(),
        ],
    )
}
