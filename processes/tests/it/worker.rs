//! A process with a state of its own.

use processes::exit::Exit;
use processes::worker::{Worker, WorkerFailed};

use crate::program;

#[test]
fn a_worker_that_panics_is_an_error_for_the_next_question() {
    let mut worker = Worker::start(program(), 0).expect("the binary was built");
    worker.add(1);
    assert_eq!(worker.ask().expect("it answers"), Ok(1));
    worker.add("ten");
    worker.add(2);
    let failed = WorkerFailed { exit: Exit::Code(101), message: "ten is no number".into() };
    assert_eq!(worker.ask().expect("it ends"), Err(failed));
}
