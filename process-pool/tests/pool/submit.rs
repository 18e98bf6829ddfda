//! What comes of tasks on workers that live.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use checks::eventually;
use process_pool::{Builder, Error, Handle, Pool, as_completed};
use rustix::process::Signal;

use crate::job::{Death, Job, LEAVE, MEANT};
use crate::traffic::signal;
use crate::{built, echoes_but, make_tasks_look_small, pool, run, values};

/// Submits a task that holds its worker until the lock, which the caller has, is released; returns
/// its handle and the worker.
fn hold(pool: &Pool<Job>) -> (Handle<Job>, u32) {
    pool.counter().store(0, SeqCst);
    let holds = pool.submit_all([Job::Holds]).remove(0);
    eventually("the task's begin", || pool.counter().load(SeqCst) != 0);
    (holds, u32::try_from(pool.counter().load(SeqCst)).expect("it is a PID"))
}

fn until_cancelled(handle: &Handle<Job>) {
    // What can be cancelled is in the queue again: no worker has it.
    eventually("its return to the queue", || handle.cancel());
}

claims! {
    fn a_worker_stays_for_the_next_task() {
        let pool = pool(1);
        let pids = [1, 2, 3].map(|number| run(&pool, Job::Echo(number)).pid);
        assert_eq!(pids, [pids[0]; 3]);
        assert_ne!(pids[0], std::process::id());
    }

    fn a_hundred_thousand_small_tasks_come_back_in_order_and_each_once() {
        let outcomes = pool(2).map((0..100_000).map(Job::Echo));
        assert_eq!(values(outcomes), (0..100_000).collect::<Vec<_>>());
    }

    fn a_chunk_goes_to_one_worker_as_a_whole() {
        let pool = pool(2);
        for chunk in [1, 7, 50] {
            let outcomes = pool.map_in_chunks(chunk, (0..100).map(Job::Echo));
            let pids: Vec<_> = outcomes.iter().flatten().map(|answer| answer.pid).collect();
            assert_eq!(values(outcomes), (0..100).collect::<Vec<_>>());
            assert!(pids.chunks(chunk).all(|chunk| chunk.iter().all(|pid| *pid == chunk[0])));
        }
    }

    fn a_chunk_waits_until_a_worker_has_none() {
        let pool = pool(2);
        make_tasks_look_small(&pool);
        let lock = pool.lock();
        let (held, busy) = hold(&pool);
        // A chunk that was in its way would be returned; but not by a worker that is stopped.
        signal(busy, Signal::STOP);
        let outcomes = pool.map_in_chunks(10, (0..100).map(Job::Echo));
        assert!(outcomes.into_iter().all(|outcome| outcome.is_ok_and(|answer| answer.pid != busy)));
        signal(busy, Signal::CONT);
        drop(lock);
        assert!(held.wait().is_ok());
    }

    fn a_task_does_not_wait_behind_a_long_one_while_a_worker_is_free() {
        let pool = pool(2);
        make_tasks_look_small(&pool);
        let mut handles = pool.submit_all(echoes_but(100, 0, &Job::Hang));
        let hangs = handles.remove(0);
        assert!(handles.into_iter().map(Handle::wait).all(|outcome| outcome.is_ok()));
        assert!(!hangs.is_finished());
        pool.terminate();
        assert!(matches!(hangs.wait(), Err(Error::Closed)));
    }

    fn tasks_that_wait_for_a_busy_writer_can_be_cancelled_and_end_with_the_pool() {
        let pool = pool(1);
        let leave = LEAVE.lock().expect("no test panics with it");
        // The only writer is busy with this one, for a worker that has room for few.
        let late = pool.submit_all([Job::Late(())]).remove(0);
        let mut waiting: Vec<_> = (0..200).map(|number| pool.submit(Job::Echo(number))).collect();
        let cancelled = waiting.split_off(100);
        assert!(cancelled.iter().rev().take(90).all(Handle::cancel));
        let ended = thread::spawn(|| pool.terminate());
        // At once, although the writer is still busy.
        for handle in waiting.drain(10..) {
            assert!(matches!(handle.wait(), Err(Error::Closed)));
        }
        drop(leave);
        ended.join().expect("it does not panic");
        assert!(waiting.into_iter().chain([late]).all(|handle| handle.wait().is_err()));
        let last = cancelled.into_iter().next_back().expect("there are a hundred");
        assert!(matches!(last.wait(), Err(Error::Cancelled)));
    }

    fn a_task_that_was_just_leaving_when_the_worker_returned_the_others_is_returned_too() {
        for round in 0.. {
            let pool = pool(1);
            make_tasks_look_small(&pool);
            let leave = LEAVE.lock().expect("no test panics with it");
            // The two go in one message, and `late` in the next.
            let mut both = pool.submit_all([Job::DieAtFirst(Death::Hang, 1), Job::Echo(1)]);
            eventually("the task's begin", || pool.counter().load(SeqCst) != 0);
            let (back, hangs) = (both.remove(1), both.remove(0));
            let late = pool.submit(Job::Late(()));
            until_cancelled(&back);
            // Unless it was too late even for that, it has left the queue.
            let leaves = !late.cancel();
            drop(leave);
            if leaves {
                until_cancelled(&late);
            }
            pool.terminate();
            assert!(hangs.wait().is_err());
            if leaves {
                break;
            }
            assert!(round < 100, "it never left in time");
        }
    }

    fn results_are_to_be_had_as_they_come() {
        let pool = pool(2);
        let mut results = as_completed([Job::Hang, Job::Echo(1)].map(|job| pool.submit(job)));
        assert!(matches!(results.next(), Some((1, Ok(_)))));
        pool.terminate();
        assert!(matches!(results.next(), Some((0, Err(Error::Closed)))));
        assert!(results.next().is_none());
    }

    fn each_outcome_comes_once_also_if_its_task_ends_while_the_handle_is_registered() {
        let pool = pool(2);
        // Early tasks end while later handles are registered: in some rounds, a task and its own.
        for _ in 0..2000 {
            let outcomes = as_completed((0..100).map(|number| pool.submit(Job::Echo(number))));
            let numbers: BTreeSet<_> = outcomes.map(|(place, _)| place).collect();
            assert_eq!(numbers.len(), 100);
        }
    }

    fn a_task_that_no_worker_has_can_be_cancelled_and_one_that_runs_cannot() {
        let pool = built(Builder::new().workers(1).chunk(1));
        // The second waits for a worker that the first never leaves.
        let (runs, waits) =
            (pool.submit(Job::DieAtFirst(Death::Hang, 1)), pool.submit(Job::Echo(1)));
        assert!(waits.cancel());
        assert!(!waits.cancel(), "it is over");
        assert!(matches!(waits.wait(), Err(Error::Cancelled)));
        // It has begun when it has counted itself.
        eventually("the task's begin", || pool.counter().load(SeqCst) != 0);
        assert!(!runs.cancel());
        pool.terminate();
    }

    fn the_last_of_as_many_tasks_as_share_a_block_can_be_cancelled() {
        let pool = built(Builder::new().workers(1).chunk(64));
        let held = pool.lock();
        let (holds, _) = hold(&pool);
        let mut handles = pool.submit_all(vec![Job::Echo(1); 64]);
        until_cancelled(&handles[63]);
        drop(held);
        assert!(handles.pop().is_some_and(|last| matches!(last.wait(), Err(Error::Cancelled))));
        assert!(handles.into_iter().chain([holds]).all(|handle| handle.wait().is_ok()));
    }

    fn a_task_that_was_cancelled_is_never_run_and_the_pool_does_not_wait_for_it() {
        let pool = built(Builder::new().workers(1).chunk(1));
        // The first waits for the lock, and all others for its worker.
        let held = pool.lock();
        let handles = pool.submit_all([1, 10, 100, 1000].map(Job::Add));
        assert!(handles[1].cancel() && handles[3].cancel());
        drop(held);
        let added = handles.into_iter().map(|handle| handle.wait().map_or(0, |answer| answer.value));
        assert_eq!(added.collect::<Vec<_>>(), [1, 0, 100, 0]);
        assert_eq!(pool.counter().load(SeqCst), 101);
        pool.shutdown();
    }

    fn a_callback_that_panics_does_not_keep_the_next_from_being_called() {
        let pool = pool(1);
        let (sender, called) = mpsc::channel();
        // The first task waits for the lock: were it over before its callback is set, the callback
        // would panic here.
        let held = pool.lock();
        pool.submit(Job::Add(1)).on_done(|_| panic!("{MEANT}"));
        pool.submit(Job::Echo(2)).on_done(move |outcome| drop(sender.send(outcome)));
        drop(held);
        assert_eq!(called.recv().expect("it is called").expect("the worker lives").value, 2);
    }

    fn each_worker_runs_the_initializer_before_its_first_task() {
        let pool = built(Builder::new().workers(2).initializer(&Job::Add(10)));
        assert!(pool.map([Job::Echo(1), Job::Echo(2)]).iter().all(Result::is_ok));
        eventually("a second worker", || pool.pids().len() >= 2);
        assert_eq!(pool.counter().load(SeqCst), 20);
    }

    fn an_initializer_that_panics_or_hangs_is_an_error_of_the_pool() {
        let panics = (Job::Panic("no licence".to_owned()), "no licence");
        for (job, reason) in [panics, (Job::Hang, "100 ms")] {
            let builder = Builder::new().workers(2).initializer(&job);
            let builder = match job {
                Job::Hang => builder.initializer_limit(Duration::from_millis(100)),
                _ => builder,
            };
            let built = builder.build::<Job>();
            let Err(Error::NoWorker(why)) = built else { panic!("{built:?}") };
            assert!(why.contains(reason), "{why}");
        }
    }

    fn a_worker_retires_after_its_tasks_and_another_goes_on_whether_these_come_one_by_one_or_not() {
        let built = || built(Builder::new().workers(1).retire_after(10));
        let (many, one_by_one) = (built(), built());
        let many: Vec<_> = many.map((0..30).map(Job::Echo)).into_iter().flatten().collect();
        for answers in [many, (0..30).map(|_| run(&one_by_one, Job::Echo(1))).collect()] {
            let pids: Vec<_> = answers.iter().map(|answer| answer.pid).collect();
            let each: Vec<_> = pids.chunk_by(|one, next| one == next).map(<[u32]>::len).collect();
            assert_eq!(each, [10, 10, 10]);
            assert_eq!(pids.into_iter().collect::<BTreeSet<_>>().len(), 3);
        }
    }

    fn a_task_that_a_worker_returned_is_none_of_those_after_which_it_retires() {
        let pool = built(Builder::new().workers(1).chunk(5).retire_after(10));
        let lock = pool.lock();
        pool.counter().store(0, SeqCst);
        let jobs = [Job::Holds].into_iter().chain((1..5).map(Job::Echo));
        let mut handles = pool.submit_all(jobs);
        eventually("the task's begin", || pool.counter().load(SeqCst) != 0);
        let worker = pool.pids()[0];
        // All five are with the worker. What can be cancelled is not there any more.
        until_cancelled(&handles.pop().expect("there are five"));
        drop(lock);
        handles.extend(pool.submit_all((0..10).map(Job::Echo)));
        let answers = handles.into_iter().map(|handle| handle.wait().expect("no worker dies"));
        assert_eq!(answers.filter(|answer| answer.pid == worker).count(), 10);
    }
}
