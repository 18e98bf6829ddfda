//! Workers that die, and what becomes of their tasks: nothing is lost, and no handle waits for ever.

use std::os::unix::process::ExitStatusExt;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;
use std::thread::yield_now;
use std::time::Duration;

use checks::eventually;
use process_pool::{Builder, Error, OnDeath, Options};
use rustix::process::Signal;

use crate::job::{Death, Job, LEAVE, Odd};
use crate::traffic::{received, signal, try_signal};
use crate::{again, built, echoes_but, fail, make_tasks_look_small, pool, run};

/// More bytes than a channel takes at once.
const LARGE: usize = 1 << 20;
const DEATHS: [Death; 6] = [
    Death::Exit(3),
    Death::Abort,
    Death::Kill,
    Death::Overflow,
    Death::OutOfMemory,
    Death::KillWithLock,
];
const KILL: Job = Job::Die(Death::Kill);

fn within(limit: Duration) -> Options {
    Options { on_death: OnDeath::Report, time_limit: Some(limit) }
}

claims! {
    fn a_death_is_an_error_on_the_handle_of_the_task_that_died_of_it_and_on_no_other() {
        let pool = pool(2);
        for death in DEATHS {
            let mut handles = pool.submit_all(echoes_but(200, 100, &Job::Die(death)));
            let error = handles.remove(100).wait().expect_err("it died");
            let Error::Died { name, pid, status } = error else { panic!("{error}") };
            assert!(name.contains("Die") && pid != std::process::id(), "{name}");
            let status = status.expect("no other code collects it");
            match death {
                Death::Exit(code) => assert_eq!(status.code(), Some(code)),
                Death::Abort | Death::Overflow | Death::OutOfMemory => {
                    assert_eq!(status.signal(), Some(6));
                }
                _ => assert_eq!(status.signal(), Some(9)),
            }
            // Others may have been done, and the answers have died with the worker: they are
            // reported as well, and never lost.
            for handle in handles {
                assert!(matches!(handle.wait(), Ok(_) | Err(Error::Died { .. })));
            }
        }
    }

    fn a_task_that_its_worker_had_not_begun_when_it_died_is_done_by_the_next_and_not_reported() {
        // One message, and the first task in it is the end of the worker.
        let pool = built(Builder::new().workers(1).chunk(10));
        let mut handles = pool.submit_all(echoes_but(10, 0, &KILL));
        assert!(matches!(handles.remove(0).wait(), Err(Error::Died { .. })));
        for (number, handle) in (1..).zip(handles) {
            assert_eq!(handle.wait().expect("it was not begun").value, number);
        }
    }

    fn a_task_that_comes_back_from_a_dead_worker_is_before_all_that_are_queued() {
        let pool = built(Builder::new().workers(1).chunk(2));
        // The first waits for the lock: so none is done before the last callback is set.
        let held = pool.lock();
        let jobs = [Job::Add(1)].into_iter().chain(echoes_but(7, 1, &KILL));
        let (sender, ended) = mpsc::channel();
        for (number, handle) in (0..).zip(pool.submit_all(jobs)) {
            let sender = sender.clone();
            handle.on_done(move |outcome| {
                let _ = sender.send((number, outcome.is_ok()));
            });
        }
        drop((held, sender));
        let expected: Vec<_> = (0..8).map(|number| (number, number != 2)).collect();
        assert_eq!(ended.into_iter().collect::<Vec<_>>(), expected);
    }

    fn a_task_that_was_just_leaving_when_its_worker_died_goes_to_the_next() {
        let pool = pool(1);
        for number in 0..5 {
            let leave = LEAVE.lock().expect("no test panics with it");
            let before = run(&pool, Job::Echo(number)).pid;
            let late = pool.submit_all([Job::Late(())]).remove(0);
            signal(before, Signal::KILL);
            eventually("another worker", || pool.pids().iter().any(|pid| *pid != before));
            drop(leave);
            assert_ne!(late.wait().expect("the next lives").pid, before);
        }
    }

    fn a_task_that_is_to_be_run_again_is_and_so_are_all_whose_answers_died_with_the_worker() {
        for death in DEATHS {
            let pool = again(2, 3);
            let handles = pool.submit_all(echoes_but(200, 100, &Job::DieAtFirst(death, 2)));
            for (number, handle) in (0..).zip(handles) {
                let value = handle.wait().expect("the third time it lives").value;
                assert_eq!(value, if number == 100 { 2 } else { number });
            }
            assert_eq!(pool.counter().load(SeqCst), 3);
        }
    }

    fn a_task_whose_result_kills_every_worker_is_given_up_as_well() {
        let error = fail(&again(1, 3), Job::Returns(Odd::Deadly));
        assert!(matches!(error, Error::Poison { deaths: 3, .. }), "{error}");
    }

    fn a_large_result_gets_through_without_a_descriptor_left_to_the_worker() {
        let pool = pool(1);
        assert_eq!(run(&pool, Job::NoDescriptor(LARGE)).text.len(), LARGE);
        run(&pool, Job::Echo(1));
    }

    fn a_worker_that_dies_in_the_middle_of_a_large_message_blocks_no_thread() {
        let pool = again(1, u32::MAX);
        for _ in 0..10 {
            let pids = pool.pids();
            let large = pool.submit(Job::Length("x".repeat(16 * LARGE)));
            let before = received(&pids);
            // It has begun to receive, and has far to go.
            while received(&pids) == before && !large.is_finished() {
                yield_now();
            }
            for pid in pids {
                let _ = try_signal(pid, Signal::KILL);
            }
            assert_eq!(large.wait().expect("the next worker lives").value, 16 * LARGE as u64);
        }
    }

    fn a_task_is_killed_for_its_time_limit_when_what_was_done_before_it_is_handed_over() {
        let pool = pool(1);
        make_tasks_look_small(&pool);
        for _ in 0..20 {
            let before = pool.submit_all((0..100).map(Job::Echo));
            let hangs = pool.submit_with(Job::Hang, within(Duration::from_millis(1)));
            assert!(before.into_iter().all(|handle| handle.wait().is_ok()));
            assert!(matches!(hangs.wait(), Err(Error::TimedOut { .. })));
        }
    }

    fn what_a_task_forked_does_not_hide_the_end_of_its_worker() {
        for away in [false, true] {
            let pool = pool(1);
            let forked = run(&pool, Job::Fork { away });
            assert!(matches!(fail(&pool, KILL), Error::Died { .. }));
            assert_ne!(run(&pool, Job::Echo(1)).pid, forked.pid);
            let child = u32::try_from(forked.value).expect("it is a PID");
            if away {
                // In a process group of its own it outlives the worker.
                signal(child, Signal::KILL);
            } else {
                // It is killed with the worker; the system may need a moment to reap it.
                let stat = format!("/proc/{child}/stat");
                eventually("its end", || {
 std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "))
});
            }
        }
    }

    fn a_lock_that_a_task_has_and_asks_for_again_is_an_error_and_no_hang() {
        let pool = pool(1);
        assert!(matches!(fail(&pool, Job::LockTwice), Error::Panicked { .. }));
        run(&pool, Job::Add(1));
    }

    fn a_task_over_its_time_limit_is_killed_and_reported_and_the_others_are_done() {
        let (pool, limit) = (pool(2), Duration::from_millis(50));
        let submit = |job| match job {
            Job::Hang => pool.submit_with(job, within(limit)),
            job => pool.submit(job),
        };
        let handles: Vec<_> = echoes_but(200, 100, &Job::Hang).map(submit).collect();
        for (number, handle) in (0..).zip(handles) {
            match handle.wait() {
                Ok(answer) => assert_eq!(answer.value, number),
                Err(Error::TimedOut { name, limit: told }) => {
                    assert_eq!((number, name.as_str(), told), (100, "Hang", limit));
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    fn a_task_may_have_options_of_its_own() {
        let pool = pool(1);
        let again = Options { on_death: OnDeath::RunAgain { limit: 5 }, time_limit: None };
        assert!(pool.submit_with(Job::DieAtFirst(Death::Kill, 4), again).wait().is_ok());
        assert!(matches!(fail(&pool, KILL), Error::Died { .. }));
    }

    fn a_panic_is_that_tasks_error_alone_and_the_worker_lives() {
        let pool = pool(1);
        let before = run(&pool, Job::Echo(1)).pid;
        let error = fail(&pool, Job::Panic("no such luck".to_owned()));
        let Error::Panicked { message, .. } = error else { panic!("{error}") };
        assert!(message.contains("no such luck") && message.contains("job.rs"), "{message}");
        assert_eq!(run(&pool, Job::Echo(1)).pid, before);
    }

    fn a_task_that_unwinds_without_a_panic_has_its_own_text_and_not_that_of_one_that_was_caught() {
        let error = fail(&pool(1), Job::Unwinds("its own".to_owned()));
        let Error::Panicked { message, .. } = error else { panic!("{error}") };
        assert_eq!(message, "its own");
    }

    fn what_cannot_be_written_or_read_is_that_tasks_error_alone() {
        let builder = || Builder::new().workers(1);
        for builder in [builder(), builder().chunk(1), builder().chunk(5)] {
            let odd = [
                Job::Unwritable(()),
                Job::Unreadable(()),
                Job::Returns(Odd::Unwritable),
                Job::Returns(Odd::Unreadable),
            ];
            let jobs = [Job::Echo(1)].into_iter().chain(odd).chain([Job::Echo(2)]);
            let seen = built(builder).map(jobs).into_iter().map(|outcome| match outcome {
                Ok(answer) => answer.value.to_string(),
                Err(Error::NotSent { what, .. }) => what.to_owned(),
                Err(error) => error.to_string(),
            });
            let expected = ["1", "the task", "the task", "the result", "the result", "2"];
            assert_eq!(seen.collect::<Vec<_>>(), expected);
        }
    }

    fn a_time_limit_of_the_pool_is_one_for_each_task() {
        let pool = built(Builder::new().workers(1).time_limit(Duration::from_millis(200)));
        for _ in 0..2 {
            assert!(matches!(fail(&pool, Job::Hang), Error::TimedOut { .. }));
        }
        run(&pool, Job::Echo(1));
    }
}
