//! The command line of the topic `process-pool`: a subcommand a lesson.

use std::process::ExitCode;

use process_pool::lesson_task::LessonTask;
use process_pool::{crash, shutdown, versus_threads};

mod lessons;

fn main() -> ExitCode {
    // Started by a pool, this process is a worker; started by a lesson, one of its children.
    process_pool::enter::<LessonTask>();
    let children =
        [crash::NAIVE_WORKER, shutdown::LEAVES, shutdown::STAYS, versus_threads::THREADS];
    kit::child::enter(&children);
    let about = "When workers should be processes, and what happens when one dies. Without a \
                 lesson: the tour of all of them. The worker processes run this same program; none \
                 outlives it.";
    let lessons = [
        lessons::submit::lesson(),
        lessons::shutdown::lesson(),
        lessons::callback::lesson(),
        lessons::lock::lesson(),
        lessons::map::lesson(),
        lessons::as_completed::lesson(),
        lessons::chunk::lesson(),
        lessons::initializer::lesson(),
        lessons::retire::lesson(),
        lessons::crash::lesson(),
        lessons::poison::lesson(),
        lessons::timeout::lesson(),
        lessons::versus_threads::lesson(),
    ];
    stage::main(env!("CARGO_PKG_NAME"), about, lessons)
}
