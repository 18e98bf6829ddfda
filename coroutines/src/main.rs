//! The command line of the topic `coroutines`: a subcommand for each lesson.

mod lessons;

/// Counts the memory that the lesson `cost` measures.
#[global_allocator]
static ALLOCATOR: coroutines::cost::Counting = coroutines::cost::Counting;

fn main() -> std::process::ExitCode {
    stage::main(
        env!("CARGO_PKG_NAME"),
        "What a task is, what runs it, and what is lost when it is cancelled. Without a lesson: \
         the tour of all of them.",
        [
            lessons::generator::lesson(),
            lessons::future::lesson(),
            lessons::pin::lesson(),
            lessons::executor::lesson(),
            lessons::tasks::lesson(),
            lessons::join_and_select::lesson(),
            lessons::select_order::lesson(),
            lessons::futurelock::lesson(),
            lessons::one_fails::lesson(),
            lessons::timeout::lesson(),
            lessons::cancel::lesson(),
            lessons::async_drop::lesson(),
            lessons::notify::lesson(),
            lessons::channels::lesson(),
            lessons::semaphore::lesson(),
            lessons::stream::lesson(),
            lessons::blocking::lesson(),
            lessons::cpu_bound::lesson(),
            lessons::guard::lesson(),
            lessons::local::lesson(),
            lessons::task_local::lesson(),
            lessons::shutdown::lesson(),
            lessons::reactor::lesson(),
            lessons::echo::lesson(),
            lessons::cost::lesson(),
        ],
    )
}
