//! The command line of the topic `coroutines`: a subcommand a lesson.

use std::process::ExitCode;

mod lessons;

/// Counts the memory that the lesson `cost` measures.
#[global_allocator]
static ALLOCATOR: coroutines::cost::Counting = coroutines::cost::Counting;

fn main() -> ExitCode {
    stage::main(
        env!("CARGO_PKG_NAME"),
        "What a task is, who runs it, and what is lost when it is cancelled. Without a lesson: \
         the tour of all of them.",
        [
            lessons::generator(),
            lessons::future(),
            lessons::executor(),
            lessons::tasks(),
            lessons::join_and_select(),
            lessons::timeout(),
            lessons::cancel(),
            lessons::channels(),
            lessons::semaphore(),
            lessons::stream(),
            lessons::blocking(),
            lessons::cpu_bound(),
            lessons::guard(),
            lessons::local(),
            lessons::shutdown(),
            lessons::echo(),
            lessons::cost(),
        ],
    )
}
