//! Large messages, full channels, workers that are stopped.

use std::time::Duration;

use checks::eventually;
use process_pool::Outcome;
use rustix::process::{Pid, Signal, kill_process};

use crate::job::{Answer, Job, LEAVE};
use crate::{echoes_but, pool, run};

const LARGE: usize = 4 << 20;
/// Longer than all that is waited for with it takes.
const A_WHILE: Duration = Duration::from_secs(5);

fn text(length: usize) -> Job {
    Job::Length("x".repeat(length))
}

claims! {
    fn both_directions_may_be_full_at_once() {
        let pool = pool(1);
        // Each message of either side is larger than a channel holds.
        let lengths = pool.submit_all((0..16).map(|_| text(LARGE)));
        let texts = pool.submit_all((0..16).map(|_| Job::Text(LARGE)));
        let is_text = |outcome: Outcome<Answer>| outcome.is_ok_and(|is| is.text.len() == LARGE);
        let is_length = |outcome: Outcome<Answer>| outcome.is_ok_and(|is| is.value == LARGE as u64);
        assert!(texts.into_iter().all(|handle| is_text(handle.wait())));
        assert!(lengths.into_iter().all(|handle| is_length(handle.wait())));
    }

    fn thousands_of_answers_that_are_not_waited_for_stop_nothing() {
        let pool = pool(1);
        let unasked = pool.submit_all((0..50_000).map(Job::Echo));
        assert_eq!(run(&pool, Job::Echo(7)).value, 7);
        drop(unasked);
    }

    fn a_large_argument_does_not_hold_up_small_tasks_on_the_other_worker() {
        let pool = pool(2);
        let hangs = pool.submit(Job::Hang);
        let large = pool.submit(text(LARGE));
        let small = pool.submit_all((0..1000).map(Job::Echo));
        assert!(small.into_iter().all(|handle| handle.wait().is_ok()));
        assert_eq!(large.wait().expect("the worker lives").value, LARGE as u64);
        pool.terminate();
        assert!(hangs.wait().is_err());
    }

    fn a_large_argument_that_is_stuck_on_its_way_to_one_worker_holds_up_no_task_of_another() {
        let pool = pool(2);
        eventually("a second worker", || pool.pids().len() >= 2);
        let stuck_and_all_others_done = || {
            let pids = pool.pids();
            let before: Vec<_> = pids.iter().map(|pid| received(&[*pid])).collect();
            let large = pool.submit(text(16 * LARGE));
            // It has begun to receive, and has far to go: so it is stopped there.
            let receives = || {
                let mut both = pids.iter().zip(&before);
                both.find(|(pid, before)| received(&[**pid]) > **before + 500)
            };
            let mut polled = std::iter::repeat_with(receives);
            let mut polled = polled.by_ref().take_while(|_| !large.is_finished());
            let Some((pid, _)) = polled.find_map(|found| found) else { return false };
            signal(*pid, Signal::STOP);
            let small = pool.submit_all((0..1000).map(Job::Echo));
            // If it was stopped too late, some are with it.
            let all_done = small.into_iter().all(|mut handle| {
                handle.wait_timeout(A_WHILE).is_some_and(|outcome| outcome.is_ok())
            });
            let was_stuck = !large.is_finished();
            signal(*pid, Signal::CONT);
            assert_eq!(large.wait().expect("the worker lives").value, 16 * LARGE as u64);
            all_done && was_stuck
        };
        assert!((0..5).any(|_| stuck_and_all_others_done()), "small tasks wait for the large one");
    }

    fn a_caller_that_submits_one_task_at_a_time_waits_for_no_worker_to_take_it() {
        let pool = pool(1);
        // Small ones are sent by the submitting thread, if there is no other task.
        for length in [1, 2000, 3000, LARGE].repeat(5) {
            run(&pool, Job::Echo(1));
            let pid = pool.pids()[0];
            signal(pid, Signal::STOP);
            let handle = pool.submit(text(length));
            signal(pid, Signal::CONT);
            assert_eq!(handle.wait().expect("the worker lives").value, length as u64);
        }
    }

    fn a_task_for_a_worker_that_died_while_it_had_nothing_to_do_is_run_by_the_next() {
        let pool = pool(1);
        for _ in 0..10 {
            let pid = run(&pool, Job::Echo(1)).pid;
            signal(pid, Signal::KILL);
            assert_ne!(run(&pool, Job::Echo(2)).pid, pid);
        }
    }

    fn a_task_that_takes_long_to_be_written_holds_up_no_task_behind_it() {
        let pool = pool(2);
        eventually("a second worker", || pool.pids().len() >= 2);
        let leave = LEAVE.lock().expect("no test panics with it");
        let mut handles = pool.submit_all(echoes_but(1000, 0, &Job::Late(())));
        let late = handles.remove(0);
        assert!(handles.into_iter().all(|handle| handle.wait().is_ok()));
        assert!(!late.is_finished());
        drop(leave);
        assert!(late.wait().is_ok());
    }
}

/// Returns how much memory these processes have, in pages.
pub(crate) fn received(pids: &[u32]) -> u64 {
    let pages = |pid: &u32| {
        let statm = std::fs::read_to_string(format!("/proc/{pid}/statm")).ok()?;
        statm.split(' ').nth(1)?.parse::<u64>().ok()
    };
    pids.iter().filter_map(pages).sum()
}

pub(crate) fn try_signal(pid: u32, signal: Signal) -> rustix::io::Result<()> {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("it is a process");
    kill_process(pid, signal)
}

pub(crate) fn signal(pid: u32, signal: Signal) {
    try_signal(pid, signal).expect("it lives");
}
