//! What comes of tasks on workers that live.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use process_pool::act::{Act, Doing};
use process_pool::job::{Answer, Death, Job, LEAVE};
use process_pool::scene::Scene;
use process_pool::submit::{Cancelled, WORKERS, cancel, run};
use process_pool::{Error, Handle, as_completed};
use rustix::process::Signal;

use crate::traffic::signal;
use crate::{builder, pool, program};

pub(crate) fn values(answers: &[Answer]) -> Vec<u64> {
    answers.iter().map(|answer| answer.value).collect()
}

checks::within_a_minute! {
    #[test]
    fn ten_tasks_on_four_workers_are_answered_in_the_order_of_the_tasks() {
        let answers = run(program()).expect("the workers live");
        assert_eq!(values(&answers), [1229, 2262, 3245, 4203, 5133, 6057, 6935, 7837, 8713, 9592]);
    }

    #[test]
    fn the_answers_come_from_four_processes_at_the_most_and_none_is_the_callers() {
        let answers = run(program()).expect("the workers live");
        let pids: BTreeSet<_> = answers.iter().map(|answer| answer.pid).collect();
        assert!((1..=WORKERS).contains(&pids.len()), "{pids:?}");
        assert!(!pids.contains(&std::process::id()));
    }

    #[test]
    fn a_queued_task_is_taken_back_and_one_that_runs_is_done() {
        let out = cancel(program()).expect("the worker lives");
        assert_eq!(out, Cancelled { runs: false, queued: true, done: 1 });
    }

    #[test]
    fn a_worker_stays_for_the_next_task() {
        let pool = pool(1);
        let answers = [1, 2, 3].map(|number| pool.submit(Job::Echo(number)).wait().expect("the worker lives"));
        assert_eq!(values(&answers), [1, 2, 3]);
        assert!(answers.iter().all(|answer| answer.pid == answers[0].pid));
    }

    #[test]
    fn a_hundred_thousand_small_tasks_come_back_in_order_and_each_once() {
        let outcomes = pool(2).map((0..100_000).map(Job::Echo));
        for (number, outcome) in outcomes.into_iter().enumerate() {
            assert_eq!(outcome.expect("the workers live").value, number as u64);
        }
    }

    #[test]
    fn a_chunk_goes_to_one_worker_as_a_whole() {
        let pool = pool(2);
        for chunk in [1, 7, 50] {
            let outcomes = pool.map_in_chunks(chunk, (0..100).map(Job::Echo));
            let answers: Vec<_> = outcomes.into_iter().map(|outcome| outcome.expect("the workers live")).collect();
            assert_eq!(values(&answers), (0..100).collect::<Vec<_>>());
            for chunk in answers.chunks(chunk) {
                assert!(chunk.iter().all(|answer| answer.pid == chunk[0].pid));
            }
        }
    }

    #[test]
    fn a_chunk_waits_until_a_worker_has_none() {
        let scene = Scene::new(program()).expect("there is a port");
        let pool = scene.workers(2).build().expect("the binary was built");
        // So that the pool takes all tasks to be small, and would send a worker many at once.
        assert!(pool.map((0..20_000).map(Job::Echo)).iter().all(Result::is_ok));
        let held = pool.submit(Act::task(1, Doing::Gate));
        let busy = scene.until_at_gate(1).expect("it begins")[0].0;
        // A chunk that was in its way would be given back; but not by a worker that is stopped.
        signal(busy, Signal::STOP);
        let outcomes = pool.map_in_chunks(10, (0..100).map(Job::Echo));
        assert!(outcomes.into_iter().all(|outcome| outcome.is_ok_and(|answer| answer.pid != busy)));
        signal(busy, Signal::CONT);
        scene.open(busy);
        assert!(held.wait().is_ok());
    }

    #[test]
    fn a_task_does_not_wait_behind_a_long_one_while_a_worker_is_free() {
        let pool = pool(2);
        // So that the pool takes all tasks to be small, and sends a worker many at once.
        assert!(pool.map((0..20_000).map(Job::Echo)).iter().all(Result::is_ok));
        let mut handles = pool.submit_all((0..100).map(|number| if number == 0 { Job::Hang } else { Job::Echo(number) }));
        let hangs = handles.remove(0);
        assert!(handles.into_iter().map(Handle::wait).all(|outcome| outcome.is_ok()));
        assert!(!hangs.is_finished());
        pool.terminate();
        assert!(matches!(hangs.wait(), Err(Error::Closed)));
    }

    #[test]
    fn a_task_that_was_just_leaving_when_the_worker_gave_back_the_others_is_given_back_too() {
        for round in 0.. {
            let pool = pool(1);
            // So that the pool takes all tasks to be small, and sends a worker many at once.
            assert!(pool.map((0..20_000).map(Job::Echo)).iter().all(Result::is_ok));
            let leave = LEAVE.lock().expect("no test panics with it");
            let mut handles = pool.submit_all([Job::Hang, Job::Echo(1)]).into_iter();
            let (hangs, back) = (handles.next().expect("the first"), handles.next().expect("the second"));
            let late = pool.submit(Job::Late(()));
            // What can be cancelled is in the queue again: no worker has it.
            while !back.cancel() {
                std::thread::yield_now();
            }
            // Unless it was too late even for that, it has left the queue.
            let leaves = !late.cancel();
            drop(leave);
            while leaves && !late.cancel() {
                std::thread::yield_now();
            }
            pool.terminate();
            assert!(hangs.wait().is_err());
            if leaves {
                break;
            }
            assert!(round < 100, "it never left in time");
        }
    }

    #[test]
    fn results_are_to_be_had_as_they_come() {
        let pool = pool(2);
        let late = pool.submit(Job::Hang);
        let soon = pool.submit(Job::Echo(1));
        let mut results = as_completed([late, soon]);
        assert!(matches!(results.next(), Some((1, Ok(_)))));
        pool.terminate();
        assert!(matches!(results.next(), Some((0, Err(Error::Closed)))));
        assert!(results.next().is_none());
    }

    #[test]
    fn a_wait_may_have_a_time_limit_and_the_task_goes_on() {
        let pool = pool(1);
        let mut handle = pool.submit(Job::Spin(100_000, 5));
        assert!(handle.wait_timeout(Duration::from_millis(1)).is_none());
        assert_eq!(handle.wait().expect("it goes on").value, 5);
    }

    #[test]
    fn a_task_that_no_worker_has_can_be_cancelled_and_one_that_runs_cannot() {
        let pool = builder(1).chunk(1).build().expect("the binary was built");
        // The second waits for a worker that the first never leaves.
        let (runs, waits) = (pool.submit(Job::DieAtFirst(Death::Hang, 1)), pool.submit(Job::Echo(1)));
        assert!(waits.cancel());
        assert!(!waits.cancel(), "it is over");
        assert!(matches!(waits.wait(), Err(Error::Cancelled)));
        // It has begun when it has counted itself.
        while pool.counter().load(SeqCst) == 0 {
            std::thread::yield_now();
        }
        assert!(!runs.cancel());
        pool.terminate();
    }

    #[test]
    fn a_task_that_was_cancelled_is_never_run_and_the_pool_does_not_wait_for_it() {
        let pool = builder(1).chunk(1).build().expect("the binary was built");
        // The first waits for the lock, and all others for its worker.
        let held = pool.lock();
        let handles = pool.submit_all([1, 10, 100, 1000].map(Job::Add));
        assert!([1, 3].map(|number: usize| handles[number].cancel()).iter().all(|cancelled| *cancelled));
        drop(held);
        let added: Vec<_> = handles.into_iter().map(|handle| handle.wait().map_or(0, |answer| answer.value)).collect();
        assert_eq!(added, [1, 0, 100, 0]);
        assert_eq!(pool.counter().load(SeqCst), 101);
        pool.shutdown();
    }

    #[test]
    fn a_callback_is_called_in_this_process_and_may_wait_for_another_task() {
        let pool = Arc::new(pool(1));
        let (sender, called) = mpsc::channel();
        let within = Arc::clone(&pool);
        pool.submit(Job::Echo(1)).on_done(move |outcome| {
            let second = within.submit(Job::Echo(2)).wait();
            let _ = sender.send((std::process::id(), outcome, second));
        });
        let (pid, first, second) = called.recv().expect("it is called");
        let (first, second) = (first.expect("the worker lives"), second.expect("the worker lives"));
        assert_eq!((pid, first.value, second.value), (std::process::id(), 1, 2));
        assert_ne!(first.pid, pid);
    }

    #[test]
    fn a_callback_that_panics_does_not_keep_the_next_from_being_called() {
        let pool = pool(1);
        let (sender, called) = mpsc::channel();
        // The first task waits for the lock: were it over before it is asked to call back, the
        // callback would panic here.
        let held = pool.lock();
        pool.submit(Job::Add(1)).on_done(|_| panic!("this panic is part of a test"));
        pool.submit(Job::Echo(2)).on_done(move |outcome| drop(sender.send(outcome)));
        drop(held);
        assert_eq!(called.recv().expect("it is called").expect("the worker lives").value, 2);
    }

    #[test]
    fn each_worker_runs_the_initializer_before_its_first_task() {
        let pool = builder(2).initializer(&Job::Add(10)).build().expect("the binary was built");
        assert!(pool.map([Job::Echo(1), Job::Echo(2)]).iter().all(Result::is_ok));
        while pool.pids().len() < 2 {
            std::thread::yield_now();
        }
        assert_eq!(pool.counter().load(SeqCst), 20);
    }

    #[test]
    fn an_initializer_that_panics_is_an_error_of_the_pool() {
        let error = builder(2).initializer(&Job::Panic("no licence".to_owned())).build::<Job>();
        let Err(Error::NoWorker(why)) = error else { panic!("it was built") };
        assert!(why.contains("no licence"), "{why}");
    }

    #[test]
    fn an_initializer_that_hangs_is_an_error_of_the_pool() {
        let hangs = builder(2).initializer(&Job::Hang).initializer_limit(Duration::from_millis(100));
        let Err(Error::NoWorker(why)) = hangs.build::<Job>() else { panic!("it was built") };
        assert!(why.contains("100 ms"), "{why}");
    }

    #[test]
    fn a_worker_retires_after_its_tasks_and_another_goes_on() {
        let pool = builder(1).retire_after(10).build().expect("the binary was built");
        let outcomes = pool.map((0..30).map(Job::Echo));
        let pids: Vec<_> = outcomes.into_iter().map(|outcome| outcome.expect("nobody dies").pid).collect();
        let distinct: BTreeSet<_> = pids.iter().copied().collect();
        assert_eq!(distinct.len(), 3, "{pids:?}");
        for pid in distinct {
            assert_eq!(pids.iter().filter(|other| **other == pid).count(), 10, "{pids:?}");
        }
    }

    #[test]
    fn a_task_that_a_worker_gave_back_is_none_of_those_after_which_it_retires() {
        let scene = Scene::new(program()).expect("there is a port");
        let pool = scene.workers(1).chunk(5).retire_after(10).build().expect("the binary was built");
        let job = |number| if number == 0 { Act::task(0, Doing::Gate) } else { Job::Echo(number) };
        let mut handles = pool.submit_all((0..5).map(job));
        let worker = scene.until_at_gate(1).expect("it begins")[0].0;
        // All five are with the worker. What can be cancelled is not there any more.
        let last = handles.pop().expect("there are five");
        while !last.cancel() {
            std::thread::yield_now();
        }
        scene.open(worker);
        handles.extend(pool.submit_all((0..10).map(Job::Echo)));
        let answers = handles.into_iter().map(|handle| handle.wait().expect("nobody dies"));
        assert_eq!(answers.filter(|answer| answer.pid == worker).count(), 10);
    }

    #[test]
    fn a_time_limit_for_waiting_that_no_clock_reaches_is_none() {
        let pool = pool(1);
        let mut handle = pool.submit(Job::Spin(100_000, 1));
        assert!(handle.wait_timeout(Duration::MAX).is_some_and(|outcome| outcome.is_ok()));
    }
}
