//! A process with a state of its own.

use processes::spawn_and_wait::Ended;
use processes::worker::{Failed, Worker};

use crate::program;

fn start(total: i64) -> Worker {
    Worker::start(program(), total).expect("the binary was built")
}

#[test]
fn what_a_worker_changes_in_its_memory_is_not_changed_in_its_parents() {
    let mut worker = start(0);
    (1..=10).for_each(|number| worker.add(number));
    assert_eq!(worker.total, 0);
    assert_eq!(worker.stop().expect("it ends"), Ok(55));
}

#[test]
fn a_worker_starts_with_what_it_is_sent_and_keeps_its_state_between_tasks() {
    let mut worker = start(100);
    for (number, total) in [(1, 101), (-2, 99), (0, 99)] {
        worker.add(number);
        assert_eq!(worker.ask().expect("it answers"), Ok(total));
        assert_eq!(worker.total, total);
    }
    assert_eq!(worker.stop().expect("it ends"), Ok(99));
}

#[test]
fn a_worker_that_panics_is_an_error_for_who_asks_and_for_who_waits() {
    let failed = Failed { ended: Ended::Exited(101), said: "ten is no number".into() };
    let mut asked = start(0);
    asked.add("ten");
    assert_eq!(asked.ask().expect("it ends"), Err(failed.clone()));
    let mut waited_for = start(0);
    waited_for.add(1);
    assert_eq!(waited_for.ask().expect("it answers"), Ok(1));
    waited_for.add("ten");
    waited_for.add(2);
    assert_eq!(waited_for.stop().expect("it ends"), Err(failed));
}

#[test]
fn two_workers_share_nothing() {
    let (mut one, mut other) = (start(0), start(0));
    one.add(1);
    other.add(2);
    assert_eq!((one.stop().expect("it ends"), other.stop().expect("it ends")), (Ok(1), Ok(2)));
}
