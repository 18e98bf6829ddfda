//! A worker that dies, or talks nonsense, is an error on the handle of its task, and no hang.

use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::process::Command;

use process_pool::{Error, Pool, Task};

use crate::{pool, script};

const TASK: Task = Task::PrimesBelow(100);

/// Runs one task on one worker, which is a script.
fn asked(worker: &str) -> Error {
    let pool = Pool::new(script(worker), 1).expect("there is a shell");
    pool.submit(TASK).wait().expect_err("it is no worker")
}

#[test]
fn a_worker_that_exits_in_the_middle_of_its_task_is_an_error_on_that_tasks_handle() {
    let pool = pool(1);
    let error = pool.submit(Task::Exit(3)).wait().expect_err("it died");
    let Error::WorkerDied { pid, status } = error else { panic!("{error}") };
    assert_ne!(pid, std::process::id());
    assert_eq!(status.code(), Some(3));
}

#[test]
fn a_worker_that_is_killed_in_the_middle_of_its_task_is_an_error_that_names_the_signal() {
    let error = asked("read task; kill -9 $$");
    let Error::WorkerDied { status, .. } = error else { panic!("{error}") };
    assert_eq!((status.code(), status.signal()), (None, Some(9)));
}

#[test]
fn a_worker_that_died_before_its_first_task_is_an_error_as_well() {
    let error = asked("exit 7");
    let Error::WorkerDied { status, .. } = error else { panic!("{error}") };
    assert_eq!(status.code(), Some(7));
}

#[test]
fn an_answer_that_is_cut_off_is_a_death_and_no_answer() {
    let error = asked(r#"read task; printf '{"pid":1,"value":25}'"#);
    assert!(matches!(error, Error::WorkerDied { .. }), "{error}");
}

#[test]
fn the_other_workers_go_on_with_the_other_tasks() {
    let pool = pool(2);
    let before = [TASK; 3].map(|task| pool.submit(task));
    let fatal = pool.submit(Task::Exit(3));
    let after = [TASK; 3].map(|task| pool.submit(task));
    assert!(matches!(fatal.wait(), Err(Error::WorkerDied { .. })));
    for handle in before.into_iter().chain(after) {
        assert_eq!(handle.wait().expect("it was another worker's, or done before").value, 25);
    }
}

#[test]
fn without_a_worker_every_task_is_an_error_whenever_it_was_submitted() {
    let pool = pool(2);
    let [first, second, third] = [Task::Exit(1), Task::Exit(2), TASK].map(|task| pool.submit(task));
    assert!(matches!(first.wait(), Err(Error::WorkerDied { .. })));
    assert!(matches!(second.wait(), Err(Error::WorkerDied { .. })));
    assert!(matches!(third.wait(), Err(Error::NoWorkerLeft)));
    assert!(matches!(pool.submit(TASK).wait(), Err(Error::NoWorkerLeft)));
}

#[test]
fn what_a_task_prints_gets_between_the_answers_and_is_found_out() {
    let error = asked("read task; echo so far, so good; cat");
    let Error::Garbled { line, .. } = error else { panic!("{error}") };
    assert_eq!(line, "so far, so good");
    let error = asked(r"read task; printf '\377\n'; cat");
    assert!(matches!(error, Error::Garbled { .. }), "{error}");
}

#[test]
fn a_worker_that_cannot_be_started_is_an_error_of_the_pool() {
    let error = Pool::new(Command::new("/no/such/program"), 4).expect_err("there is none");
    let Error::System(error) = error else { panic!("{error}") };
    assert_eq!(error.kind(), ErrorKind::NotFound);
}

#[test]
fn a_pool_of_no_workers_says_so() {
    assert!(matches!(pool(0).submit(TASK).wait(), Err(Error::NoWorkerLeft)));
}
