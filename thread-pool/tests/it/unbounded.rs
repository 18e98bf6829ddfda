//! The lesson `unbounded`: a thread for each task has them all alive at once, a pool never more
//! than its workers.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::thread::Builder;

use thread_pool::thread_count::System;
use thread_pool::unbounded::{curve, expected, per_task, pooled};
use thread_pool::{ChannelPool, Job, Pool};

#[test]
fn with_a_thread_for_each_task_as_many_threads_are_alive_at_once_as_there_are_tasks() {
    for tasks in [1, 2, 300] {
        let outcome = per_task::run(tasks).expect("the system has room for some hundreds");
        assert_eq!(outcome.most_alive, tasks);
    }
}

#[test]
fn a_pool_never_has_more_threads_than_its_workers() {
    for (tasks, workers) in [(1, 1), (300, 1), (300, 4), (2, 8)] {
        let outcome = pooled::run(tasks, workers).expect("the system has room for some");
        assert!(
            (1..=workers).contains(&outcome.most_alive),
            "{tasks} tasks on {workers}: {outcome:?}"
        );
    }
}

#[test]
fn along_the_curve_the_threads_are_as_many_as_the_tasks_and_on_a_pool_they_stay_as_they_are() {
    for (tasks, wanted) in [(1, vec![1]), (3, vec![1, 3]), (80, vec![10, 20, 40, 80])] {
        let points = curve(tasks, 3).map(|point| point.expect("the system has room for some"));
        let (each, pool): (Vec<_>, Vec<_>) =
            points.map(|[each, pool]| (each.most_alive, pool.most_alive)).unzip();
        assert_eq!(each, wanted);
        assert!(pool.iter().all(|most| *most <= 3), "{pool:?}");
    }
}

#[test]
fn every_task_is_run_exactly_once_in_both_and_the_results_agree() {
    let tasks = 300;
    let thread_each = per_task::run(tasks).expect("the system has room for some hundreds");
    let pool = pooled::run(tasks, 4).expect("the system has room for some");
    assert_eq!(thread_each.runs, vec![1; tasks]);
    assert_eq!(pool.runs, vec![1; tasks]);
    assert_eq!((thread_each.sum, pool.sum), (expected(tasks), expected(tasks)));
}

#[test]
fn the_results_come_to_what_adding_them_up_one_by_one_comes_to() {
    for tasks in [0, 1, 2, 10, 300] {
        let one_by_one: u64 = (1..=tasks as u64).map(|number| (1..=number).sum::<u64>()).sum();
        assert_eq!(expected(tasks), one_by_one);
    }
}

#[test]
fn the_system_sees_the_threads_too() {
    let now = System::now();
    assert_eq!(now.is_some(), cfg!(target_os = "linux"), "Linux has /proc");
    let Some(now) = now else { return };
    assert!(now.threads > 0 && now.resident > 0, "{now:?}");
    let outcome = per_task::run(300).expect("the system has room for some hundreds");
    let [_, most] = outcome.system.expect("it was there a moment ago");
    assert!(most.threads > 300, "the tasks', and this one: {most:?}");
}

#[test]
fn a_thread_that_the_system_refuses_is_an_error_and_those_that_were_started_end() {
    // No system has room for a stack of that size.
    let huge = |task| if task == 6 { Builder::new().stack_size(1 << 60) } else { Builder::new() };
    let refused = per_task::run_on(10, huge).expect_err("the sixth is refused");
    assert_eq!((refused.started, refused.wanted), (5, 10));
    let said = refused.to_string();
    assert!(said.starts_with("the system refused thread 6 of 10: "), "{said}");
    assert!(std::error::Error::source(&refused).is_some());
}

#[test]
fn a_first_thread_that_is_refused_is_an_error_as_well() {
    let refused =
        per_task::run_on(10, |_| Builder::new().stack_size(1 << 60)).expect_err("all are refused");
    assert_eq!(refused.started, 0);
}

#[test]
fn a_pool_runs_its_tasks_on_its_own_threads() {
    let names = Arc::new(Mutex::new(HashSet::new()));
    let pool = thread_pool::Builder::new().workers(2).build::<ChannelPool>();
    let pool = pool.expect("the system has room for two");
    for _ in 0..100 {
        let names = Arc::clone(&names);
        let job = Job::new(move || {
            let name = std::thread::current().name().map(ToOwned::to_owned);
            names.lock().expect("nobody panics").insert(name);
        });
        pool.execute(job).expect("it is not shut down");
    }
    drop(pool);
    let workers = HashSet::from([Some("w1".to_owned()), Some("w2".to_owned())]);
    let names = names.lock().expect("nobody panics");
    assert!(!names.is_empty() && names.is_subset(&workers), "{names:?}");
}
