//! What comes of tasks on workers that live.

use std::collections::BTreeSet;
use std::io::{Write, pipe};

use process_pool::submit::{WORKERS, run, tasks};
use process_pool::{Answer, Handle, Pool, Task};

use crate::{pool, program, script};

fn values(answers: &[Answer]) -> Vec<u64> {
    answers.iter().map(|answer| answer.value).collect()
}

#[test]
fn ten_tasks_on_four_workers_are_answered_in_the_order_of_the_tasks() {
    let answers = run(program()).expect("the workers live");
    assert_eq!(values(&answers), [1229, 2262, 3245, 4203, 5133, 6057, 6935, 7837, 8713, 9592]);
    assert_eq!(values(&answers), tasks().map(Task::run), "and a worker counts as its caller does");
}

#[test]
fn the_answers_come_from_four_processes_at_the_most_and_none_is_the_callers() {
    let answers = run(program()).expect("the workers live");
    let pids: BTreeSet<_> = answers.iter().map(|answer| answer.pid).collect();
    assert!((1..=WORKERS).contains(&pids.len()), "{pids:?}");
    assert!(!pids.contains(&std::process::id()));
}

#[test]
fn the_primes_below_a_prime_do_not_include_it() {
    assert_eq!([0, 2, 3, 7, 8].map(|limit| Task::PrimesBelow(limit).run()), [0, 0, 1, 3, 4]);
}

#[test]
fn a_worker_stays_for_the_next_task() {
    let pool = pool(1);
    let handles = [100, 1000, 10].map(|limit| pool.submit(Task::PrimesBelow(limit)));
    let answers = handles.map(|handle| handle.wait().expect("the worker lives"));
    assert_eq!(values(&answers), [25, 168, 4]);
    assert!(answers.iter().all(|answer| answer.pid == answers[0].pid));
}

#[test]
fn to_submit_does_not_wait_for_a_worker() {
    let (gate, mut opener) = pipe().expect("there is room for a pipe");
    // The worker begins only when its standard error, of all things, says so.
    let mut command = script(r#"read go <&2; exec "$0""#);
    command.stderr(gate);
    let pool = Pool::new(command, 1).expect("there is a shell");
    let handles = tasks().map(|task| pool.submit(task));
    opener.write_all(b"go\n").expect("it waits for that");
    assert!(handles.into_iter().all(|handle| handle.wait().is_ok()));
}

#[test]
fn handles_may_be_waited_for_in_any_order_or_not_at_all() {
    let pool = pool(2);
    let mut handles = tasks().map(|task| pool.submit(task)).into_iter().rev().skip(3);
    assert_eq!(handles.next().map(Handle::wait).expect("there are ten").expect("it lives").value, 6935);
    assert_eq!(handles.last().map(Handle::wait).expect("there are ten").expect("it lives").value, 1229);
}

#[test]
fn tasks_that_were_submitted_are_done_although_the_pool_is_dropped() {
    let pool = pool(1);
    let handles = [10, 100, 1000].map(|limit| pool.submit(Task::PrimesBelow(limit)));
    drop(pool);
    let answers = handles.map(|handle| handle.wait().expect("the worker lived"));
    assert_eq!(values(&answers), [4, 25, 168]);
}
