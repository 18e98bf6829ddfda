//! The lesson `sizing`: a pool has as many tasks at work at once as it has workers, and runs each
//! task once, whatever its size.

use std::time::Duration;

use thread_pool::sizing::{Task, curve, run};

const WAITS: Task = Task { steps: 0, wait: Duration::from_micros(100) };
const COMPUTES: Task = Task { steps: 100, wait: Duration::ZERO };

checks::within_a_minute! {
#[test]
fn as_many_tasks_are_at_work_at_once_as_there_are_workers() {
    for task in [WAITS, COMPUTES] {
        for (tasks, workers) in [(1, 1), (64, 1), (64, 7), (2, 16), (0, 3)] {
            let point = run(task, tasks, workers).expect("the system has room for a few threads");
            assert_eq!((point.workers, point.most, point.run), (workers, workers, tasks), "{task:?}");
        }
    }
}

#[test]
fn the_curve_doubles_the_workers_up_to_the_limit_and_runs_all_tasks_three_times_at_each_size() {
    for (limit, wanted) in [(1, vec![1]), (2, vec![1, 2]), (16, vec![1, 2, 4, 8, 16]), (20, vec![1, 2, 4, 8, 16, 20])] {
        let points = curve(COMPUTES, 10, limit).map(|point| point.expect("there is room"));
        let (sizes, runs): (Vec<_>, Vec<_>) = points.map(|point| (point.workers, point.run)).unzip();
        assert_eq!(runs, vec![30; wanted.len()]);
        assert_eq!(sizes, wanted);
    }
}
}

#[test]
fn by_the_rule_a_task_that_never_waits_wants_a_worker_for_each_core() {
    assert_eq!(COMPUTES.rule(2), Some(2));
    assert_eq!(COMPUTES.rule(64), Some(64));
}

#[test]
fn by_the_rule_a_task_that_waits_wants_more_and_one_that_only_waits_has_no_end_of_it() {
    let both = Task { steps: 1_000, wait: Duration::from_secs(1) };
    assert!(both.rule(2).is_some_and(|workers| workers > 2), "{:?}", both.rule(2));
    assert_eq!(WAITS.rule(2), None);
}

#[test]
fn pythons_pool_takes_four_workers_more_than_there_are_cores_and_at_most_32() {
    let script = "import os; from concurrent.futures import ThreadPoolExecutor
cores = (getattr(os, 'process_cpu_count', None) or os.cpu_count)() or 1
print(ThreadPoolExecutor()._max_workers == min(32, cores + 4))";
    if let Some(said) = checks::python(script) {
        assert_eq!(said, "True");
    }
}
