//! The lessons `shutdown`, `callback` and `lock`: row 14 of the tutorial.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Command, Stdio};

use process_pool::Pool;
use process_pool::act::How;
use process_pool::callback::{self, Behind};
use process_pool::lock::{self, Sum};
use process_pool::role::ROLE;
use process_pool::shutdown::{self, Ends};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::program;

checks::within_a_minute! {
    #[test]
    fn a_program_that_is_interrupted_at_the_terminal_or_killed_takes_its_workers_with_it_whatever_they_are_at() {
        for signal in [Signal::INT, Signal::KILL] {
            let mut command = Command::new(program());
            // A group of its own, as a shell gives it; Ctrl-C is for the group.
            let command = command.env(ROLE, "stays").process_group(0);
            let mut lesson = command.stdout(Stdio::piped()).spawn().expect("the binary was built");
            let mut out = BufReader::new(lesson.stdout.take().expect("it is piped"));
            let mut line = String::new();
            out.read_line(&mut line).expect("it can be read");
            assert_eq!(line, "task 1 is at work\n");
            kill_process_group(Pid::from_child(&lesson), signal).expect("it is ours");
            assert_eq!(lesson.wait().expect("it was started").signal(), Some(signal.as_raw()));
            // The worker writes where the program does: that ends when the worker has.
            out.read_to_string(&mut line).expect("it can be read");
        }
    }

    #[test]
    fn what_a_pool_in_a_static_has_queued_is_lost_when_main_returns_and_its_worker_ends_too() {
        // The output ends only when the worker, which writes to the same pipe, has ended as well.
        let lines = shutdown::left(program()).expect("the binary was built");
        assert_eq!(lines, ["task 1 is at work", "main returns"]);
    }

    #[test]
    fn a_shutdown_runs_all_ten_tasks_and_so_does_a_drop() {
        for end in [Pool::shutdown, drop] {
            let ends = shutdown::all(program(), end).expect("the workers live");
            assert_eq!(ends, Ends { done: 10, closed: 0, others: 0 });
        }
    }

    #[test]
    fn a_shutdown_now_lets_four_tasks_end_that_were_begun_and_tells_the_six_that_were_queued() {
        let ends = shutdown::now(program()).expect("the workers live");
        assert_eq!(ends, Ends { done: 4, closed: 6, others: 0 });
    }

    #[test]
    fn a_pool_that_is_terminated_ends_all_ten_tasks_and_none_is_done() {
        let ends = shutdown::terminated(program()).expect("the workers live");
        assert_eq!(ends, Ends { done: 0, closed: 10, others: 0 });
    }

    #[test]
    fn what_a_task_adds_up_in_a_static_never_comes_to_its_caller() {
        let out = callback::in_the_task(program()).expect("the workers live");
        assert_eq!(out.total, 0);
        assert!(!out.tasks.is_empty() && !out.tasks.contains(&std::process::id()), "{out:?}");
    }

    #[test]
    fn ten_callbacks_run_in_the_callers_process_on_one_thread_and_add_up_what_the_tasks_cannot() {
        let out = callback::in_the_callback(program()).expect("the workers live");
        assert_eq!((out.total, out.callbacks, out.thread.as_str()), (55, vec![std::process::id()], "callbacks"));
        assert!(!out.tasks.contains(&std::process::id()), "{:?}", out.tasks);
    }

    #[test]
    fn a_callback_on_a_task_that_is_over_runs_here_and_now() {
        let here = std::thread::current().name().map(str::to_owned);
        assert_eq!(callback::afterwards(program()).expect("the worker lives"), here);
    }

    #[test]
    fn a_slow_callback_keeps_the_next_callback_waiting_but_no_worker_and_one_that_hands_on_keeps_nobody() {
        let slow = callback::slow(program()).expect("the worker lives");
        assert_eq!(slow, Behind { task_ended: true, called: false });
        let handed_on = callback::handed_on(program()).expect("the worker lives");
        assert_eq!(handed_on, Behind { task_ended: true, called: true });
    }

    #[test]
    fn a_callback_may_wait_for_a_task_of_its_own_pool_even_if_there_is_one_worker() {
        assert_eq!(callback::waits(program()).expect("the worker lives"), 12);
    }

    #[test]
    fn without_a_lock_one_of_each_two_additions_is_lost_on_every_run() {
        assert_eq!(lock::without(program()).expect("the workers live"), Sum { added: 10, came_to: 5 });
    }

    #[test]
    fn under_the_lock_or_in_one_step_none_is_lost_in_the_same_window() {
        assert_eq!(lock::with(program()).expect("the workers live"), Sum { added: 10, came_to: 10 });
        assert_eq!(lock::in_one_step(program()).expect("the workers live"), Sum { added: 10, came_to: 10 });
    }

    #[test]
    fn under_the_lock_or_in_one_step_none_is_lost_at_full_speed() {
        for how in [How::Locked, How::Atomic] {
            let sum = lock::at_full_speed(program(), how).expect("the workers live");
            assert_eq!(sum, Sum { added: 3_000_000, came_to: 3_000_000 }, "{how:?}");
        }
    }
}

#[cfg(target_os = "linux")]
checks::within_a_minute! {
    #[test]
    fn a_worker_that_is_killed_with_the_lock_stops_nobody_and_the_next_is_told() {
        let out = lock::owner_dies(program()).expect("the others live");
        assert_eq!(out, (true, Sum { added: 100, came_to: 100 }));
    }
}
