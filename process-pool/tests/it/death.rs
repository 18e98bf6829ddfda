//! Workers that die, and what becomes of their tasks: nothing is lost, and nobody waits for ever.

use std::os::unix::process::ExitStatusExt;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc;
use std::time::Duration;

use process_pool::crash::kill;
use process_pool::job::{Death, Job, LEAVE};
use process_pool::{Error, OnDeath, Options, Pool};

use crate::{builder, pool};

/// More than a channel takes at once.
const LARGE: usize = 1 << 20;
const DEATHS: [Death; 6] = [
    Death::Exit(3),
    Death::Abort,
    Death::Kill,
    Death::Overflow,
    Death::OutOfMemory,
    Death::KillWithLock,
];

checks::within_a_minute! {
    #[test]
    fn a_death_is_an_error_on_the_handle_of_the_task_that_died_of_it_and_on_no_other() {
        let pool = pool(2);
        for death in DEATHS {
            let mut handles = pool.submit_all((0..200).map(|number| if number == 100 { Job::Die(death) } else { Job::Echo(number) }));
            let error = handles.remove(100).wait().expect_err("it died");
            let Error::Died { name, pid, status } = error else { panic!("{error}") };
            assert!(name.contains("Die"), "{name}");
            assert_ne!(pid, std::process::id());
            let status = status.expect("nobody else collects it");
            match death {
                Death::Exit(code) => assert_eq!(status.code(), Some(code)),
                Death::Abort | Death::Overflow | Death::OutOfMemory => assert_eq!(status.signal(), Some(6)),
                _ => assert_eq!(status.signal(), Some(9)),
            }
            // Others may have been done, and the answers have died with the worker: they are
            // reported as well, and never lost.
            for handle in handles {
                assert!(matches!(handle.wait(), Ok(_) | Err(Error::Died { .. })));
            }
        }
    }

    #[test]
    fn a_task_that_its_worker_had_not_begun_when_it_died_is_done_by_the_next_and_not_reported() {
        let pool = builder(1).chunk(10).build().expect("the binary was built");
        // One message, and the first in it is the end of the worker.
        let mut handles = pool.submit_all((0..10).map(|number| if number == 0 { Job::Die(Death::Kill) } else { Job::Echo(number) }));
        assert!(matches!(handles.remove(0).wait(), Err(Error::Died { .. })));
        for (number, handle) in (1..).zip(handles) {
            assert_eq!(handle.wait().expect("it was not begun").value, number);
        }
    }

    #[test]
    fn a_task_that_comes_back_from_a_dead_worker_is_before_all_that_are_queued() {
        let pool = builder(1).chunk(2).build().expect("the binary was built");
        // The first waits for the lock: so none is done before the last callback is set.
        let held = pool.lock();
        let job = |number| match number {
            0 => Job::Add(1),
            2 => Job::Die(Death::Kill),
            number => Job::Echo(number),
        };
        let (sender, ended) = mpsc::channel();
        for (number, handle) in (0..).zip(pool.submit_all((0..8).map(job))) {
            let sender = sender.clone();
            handle.on_done(move |outcome| sender.send((number, outcome.is_ok())).expect("it is waited for"));
        }
        drop((held, sender));
        let expected: Vec<_> = (0..8).map(|number| (number, number != 2)).collect();
        assert_eq!(ended.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_task_that_was_just_leaving_when_its_worker_died_goes_to_the_next() {
        let pool = pool(1);
        for number in 0..5 {
            let leave = LEAVE.lock().expect("no test panics with it");
            let before = pool.submit(Job::Echo(number)).wait().expect("it lives").pid;
            let late = pool.submit_all([Job::Late(())]).remove(0);
            let _ = kill(before);
            while pool.pids().iter().all(|pid| *pid == before) {
                std::thread::yield_now();
            }
            drop(leave);
            assert_ne!(late.wait().expect("the next lives").pid, before);
        }
    }

    #[test]
    fn a_task_that_is_to_be_run_again_is_run_again_and_so_are_all_whose_answers_died_with_the_worker() {
        for death in DEATHS {
            let pool = again(2, 3);
            let handles = pool.submit_all((0..200).map(|number| if number == 100 { Job::DieAtFirst(death, 2) } else { Job::Echo(number) }));
            for (number, handle) in handles.into_iter().enumerate() {
                let value = handle.wait().expect("the third time it lives").value;
                assert_eq!(value, if number == 100 { 2 } else { number as u64 });
            }
            assert_eq!(pool.counter().load(SeqCst), 3);
        }
    }

    #[test]
    fn a_task_that_kills_every_worker_is_given_up_and_named() {
        let pool = again(2, 3);
        let handles = pool.submit_all((0..200).map(|number| if number == 100 { Job::Die(Death::Kill) } else { Job::Echo(number) }));
        for (number, handle) in handles.into_iter().enumerate() {
            match handle.wait() {
                Ok(answer) => assert_eq!(answer.value, number as u64),
                Err(Error::Poison { name, deaths, .. }) => assert_eq!((number, name.as_str(), deaths), (100, "Die(Kill)", 3)),
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn a_task_whose_result_kills_every_worker_is_given_up_as_well() {
        let error = again(1, 3).submit(Job::DeadlyResult).wait().expect_err("it kills every worker");
        assert!(matches!(error, Error::Poison { deaths: 3, .. }), "{error}");
    }

    #[test]
    fn a_large_result_gets_through_without_a_descriptor_left_to_the_worker() {
        let pool = pool(1);
        let answer = pool.submit(Job::NoDescriptor(LARGE)).wait().expect("it takes none");
        assert_eq!(answer.text.len(), LARGE);
        assert!(pool.submit(Job::Echo(1)).wait().is_ok());
    }

    #[test]
    fn a_worker_that_dies_in_the_middle_of_a_large_message_holds_nobody_up() {
        let pool = again(1, u32::MAX);
        for _ in 0..20 {
            let pids = pool.pids();
            let large = pool.submit(Job::Length("x".repeat(64 * LARGE)));
            let before = received(&pids);
            // It has begun to receive, and has far to go.
            while received(&pids) == before && !large.is_finished() {
                std::thread::yield_now();
            }
            for pid in pids {
                let _ = kill(pid);
            }
            assert_eq!(large.wait().expect("the next worker lives").value, 64 * LARGE as u64);
        }
    }

    #[test]
    fn a_task_is_killed_for_its_time_limit_when_what_was_done_before_it_is_handed_over() {
        let pool: Pool<Job> = builder(1).build().expect("the binary was built");
        // So that the pool takes all tasks to be small, and sends a worker many at once.
        assert!(pool.map((0..20_000).map(Job::Echo)).iter().all(Result::is_ok));
        let limit = Some(Duration::from_millis(1));
        let options = Options { on_death: OnDeath::Report, time_limit: limit };
        for _ in 0..20 {
            let before = pool.submit_all((0..100).map(Job::Echo));
            let hangs = pool.submit_with(Job::Hang, options);
            assert!(before.into_iter().all(|handle| handle.wait().is_ok()));
            assert!(matches!(hangs.wait(), Err(Error::TimedOut { .. })));
        }
    }

    #[test]
    fn what_a_task_forked_does_not_hide_the_end_of_its_worker() {
        let pool = pool(1);
        let forked = pool.submit(Job::Fork).wait().expect("there is room for a process");
        assert!(matches!(pool.submit(Job::Die(Death::Kill)).wait(), Err(Error::Died { .. })));
        assert_ne!(pool.submit(Job::Echo(1)).wait().expect("the next lives").pid, forked.pid);
        // Nobody reaps it here but the system, which may take a moment.
        let stat = format!("/proc/{}/stat", forked.value);
        while std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z ")) {
            std::thread::yield_now();
        }
    }

    #[test]
    fn what_a_task_forked_into_a_group_of_its_own_outlives_the_worker_and_holds_nobody_up() {
        let pool = pool(1);
        let forked = pool.submit(Job::ForkAway).wait().expect("there is room for a process");
        assert!(matches!(pool.submit(Job::Die(Death::Kill)).wait(), Err(Error::Died { .. })));
        assert_ne!(pool.submit(Job::Echo(1)).wait().expect("the next lives").pid, forked.pid);
        let forked = u32::try_from(forked.value).expect("it is a PID");
        assert!(kill(forked).is_ok(), "it is still there");
    }

    #[test]
    fn a_lock_that_a_task_has_and_asks_for_again_is_an_error_and_no_hang() {
        let pool = pool(1);
        assert!(matches!(pool.submit(Job::LockTwice).wait(), Err(Error::Panicked { .. })));
        assert!(pool.submit(Job::Add(1)).wait().is_ok());
    }

    #[test]
    fn a_task_over_its_time_limit_is_killed_and_reported_and_the_others_are_done() {
        let pool = pool(2);
        let options = Options { on_death: OnDeath::Report, time_limit: Some(Duration::from_millis(50)) };
        let submit = |number| if number == 100 { pool.submit_with(Job::Hang, options) } else { pool.submit(Job::Echo(number)) };
        let handles: Vec<_> = (0..200).map(submit).collect();
        for (number, handle) in handles.into_iter().enumerate() {
            match handle.wait() {
                Ok(answer) => assert_eq!(answer.value, number as u64),
                Err(Error::TimedOut { name, limit }) => {
                    assert_eq!((number, name.as_str(), limit), (100, "Hang", Duration::from_millis(50)));
                }
                Err(error) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn a_task_may_have_options_of_its_own() {
        let pool = pool(1);
        let again = Options { on_death: OnDeath::RunAgain { limit: 5 }, time_limit: None };
        assert!(pool.submit_with(Job::DieAtFirst(Death::Kill, 4), again).wait().is_ok());
        assert!(matches!(pool.submit(Job::Die(Death::Kill)).wait(), Err(Error::Died { .. })));
    }

    #[test]
    fn a_panic_is_that_tasks_error_alone_and_the_worker_lives() {
        let pool = pool(1);
        let before = pool.submit(Job::Echo(1)).wait().expect("it lives").pid;
        let error = pool.submit(Job::Panic("no such luck".to_owned())).wait().expect_err("it panicked");
        let Error::Panicked { message, .. } = error else { panic!("{error}") };
        assert!(message.contains("no such luck") && message.contains("job.rs"), "{message}");
        assert_eq!(pool.submit(Job::Echo(1)).wait().expect("it lives").pid, before);
    }

    #[test]
    fn what_cannot_be_written_or_read_is_that_tasks_error_alone() {
        for builder in [builder(1), builder(1).chunk(1), builder(1).chunk(5)] {
            let pool = builder.build().expect("the binary was built");
            let jobs = [Job::Echo(1), Job::Unwritable(()), Job::Unreadable(()), Job::NoResult, Job::Echo(2)];
            let said: Vec<_> = pool.map(jobs).into_iter().map(|outcome| outcome.map(|answer| answer.value).map_err(|error| error.to_string())).collect();
            let [Ok(1), Err(unwritable), Err(unreadable), Err(no_result), Ok(2)] = said.as_slice() else { panic!("{said:?}") };
            for (error, what) in [(unwritable, "the task"), (unreadable, "the task"), (no_result, "the result")] {
                assert!(error.contains(&format!("{what} did not get across")), "{error}");
            }
        }
    }

    #[test]
    fn a_lock_that_a_dead_worker_had_goes_to_the_next_who_is_told() {
        let pool = pool(1);
        assert!(pool.submit(Job::Die(Death::KillWithLock)).wait().is_err());
        assert!(pool.lock().owner_died());
        assert!(!pool.lock().owner_died(), "it was told once");
        assert!(pool.submit(Job::Add(10)).wait().is_ok());
    }

    #[test]
    fn workers_that_add_under_the_lock_lose_no_addition() {
        let pool = pool(4);
        assert!(pool.map(vec![Job::Add(1000); 40]).iter().all(Result::is_ok));
        assert_eq!(pool.counter().load(SeqCst), 40_000);
    }

    #[test]
    fn a_time_limit_of_the_pool_is_one_for_each_task() {
        let pool = builder(1).time_limit(Duration::from_millis(200)).build().expect("the binary was built");
        for _ in 0..2 {
            assert!(matches!(pool.submit(Job::Hang).wait(), Err(Error::TimedOut { .. })));
        }
        assert!(pool.submit(Job::Echo(1)).wait().is_ok());
    }

    #[test]
    fn a_pool_of_nothing_is_refused() {
        for builder in [builder(0), builder(1).chunk(0), builder(1).retire_after(0)] {
            assert!(matches!(builder.build::<Job>(), Err(Error::Refused(_))));
        }
    }
}

/// How much memory these processes have, in pages.
pub(crate) fn received(pids: &[u32]) -> u64 {
    let pages = |pid| {
        std::fs::read_to_string(format!("/proc/{pid}/statm"))
            .ok()?
            .split(' ')
            .nth(1)?
            .parse::<u64>()
            .ok()
    };
    pids.iter().filter_map(pages).sum()
}

fn again(workers: usize, limit: u32) -> Pool<Job> {
    builder(workers).on_death(OnDeath::RunAgain { limit }).build().expect("the binary was built")
}
