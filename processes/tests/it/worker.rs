//! A process with a state of its own.

use processes::exit::Exit;
use processes::worker::{Worker, WorkerFailed};

use crate::program;

fn start(total: i64) -> Worker {
    Worker::start(program(), total).expect("the binary was built")
}

#[test]
fn two_workers_share_nothing_and_keep_their_totals_between_tasks() {
    let (mut one, mut other) = (start(100), start(0));
    for (number, total) in [(1, 101), (-2, 99), (0, 99)] {
        one.add(number);
        assert_eq!(one.ask().expect("it answers"), Ok(total));
        assert_eq!(one.total, total);
    }
    other.add(2);
    assert_eq!((one.stop().expect("it ends"), other.stop().expect("it ends")), (Ok(99), Ok(2)));
}

#[test]
fn a_worker_that_panics_is_an_error_for_ask_and_for_stop() {
    let failed = WorkerFailed { exit: Exit::Code(101), message: "ten is no number".into() };
    let mut asked = start(0);
    asked.add("ten");
    assert_eq!(asked.ask().expect("it ends"), Err(failed.clone()));
    let mut stopped = start(0);
    stopped.add(1);
    assert_eq!(stopped.ask().expect("it answers"), Ok(1));
    stopped.add("ten");
    stopped.add(2);
    assert_eq!(stopped.stop().expect("it ends"), Err(failed));
}
