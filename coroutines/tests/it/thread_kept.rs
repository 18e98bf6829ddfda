//! The lessons `blocking`, `cpu-bound` and `guard`: tasks that keep their thread, or what others
//! need.

use std::process::Command;
use std::time::Duration;

use coroutines::blocking::{self, TICKS};
use coroutines::executor;
use coroutines::on_tokio::cpu_bound::{self, Fairness};
use coroutines::on_tokio::guard;
use coroutines::tokio_runtime::block_on;
use stage::{End, watch};

const PERIOD: Duration = Duration::from_millis(1);
const PLENTY: Duration = Duration::from_secs(50);

checks::within_a_minute! {
    #[test]
    fn a_call_that_blocks_the_only_thread_stops_every_other_task_of_it() {
        let limit = Duration::from_millis(50);
        let stall = blocking::on_the_runtime(PERIOD, limit);
        assert_eq!(stall.ticks, 0);
        assert!(stall.longest >= limit, "{stall:?}");
    }

    #[test]
    fn as_many_calls_as_there_are_workers_stop_every_other_task() {
        let limit = Duration::from_millis(50);
        let stall = blocking::on_every_worker(PERIOD, limit);
        assert_eq!(stall.ticks, 0);
        assert!(stall.longest >= limit, "{stall:?}");
    }

    #[test]
    fn a_call_on_the_pool_for_blocking_calls_stops_nobody() {
        assert_eq!(blocking::spawn_blocking(PERIOD, PLENTY).ticks, TICKS);
    }

    #[test]
    fn a_worker_that_gives_its_tasks_away_before_it_blocks_stops_nobody() {
        assert_eq!(blocking::block_in_place(PERIOD, PLENTY).ticks, TICKS);
    }

    #[test]
    fn a_task_that_never_awaits_leaves_no_turn_to_others() {
        assert_eq!(block_on(cpu_bound::never_gives_way(1000)), Fairness { counted: 168, turns: 0 });
    }

    #[test]
    fn a_task_that_gives_way_leaves_turns_to_others_and_on_ours_one_each_time() {
        use coroutines::on_ours::cpu_bound as ours;
        for every in [10, 100] {
            // In which order it polls, tokio does not promise.
            let done = block_on(cpu_bound::gives_way(1000, every));
            assert!(done.counted == 168 && done.turns > 0, "{done:?}");
            let done = executor::block_on(ours::gives_way(1000, every));
            assert_eq!((done.counted, done.turns), (168, 1000 / every));
        }
    }

    #[test]
    fn a_thread_of_its_own_leaves_the_executor_to_the_others() {
        let done = block_on(cpu_bound::on_a_thread(1000));
        assert_eq!(done.counted, 168);
        assert!(done.turns > 0);
    }

    #[test]
    fn to_await_what_is_ready_gives_way_only_by_tokios_budget() {
        let kept = block_on(cpu_bound::unconstrained(1000));
        assert_eq!(kept, Fairness { counted: 1000, turns: 0 });
        let budget = block_on(cpu_bound::ready_channel(1000));
        assert_eq!(budget.counted, 1000);
        assert!((1..1000).contains(&budget.turns), "{budget:?}");
    }

    #[test]
    fn a_lock_held_across_an_await_stops_its_thread() {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coroutines"));
        let seen = watch(command.arg("guard"), "lock-across", PLENTY).expect("the binary was built");
        let End::Deadlocked(knot) = seen.end else { panic!("{:?}; {}", seen.end, seen.complaint) };
        assert_eq!(knot.to_string(), "t1 → t2 to give way → t2 → A → t1");
    }

    #[test]
    fn a_borrow_held_across_an_await_makes_the_next_one_panic() {
        assert_eq!(guard::borrow_across(), (true, false));
    }

    #[test]
    fn a_guard_dropped_before_the_await_and_a_lock_that_gives_way_hold() {
        assert_eq!((guard::ended_before(), guard::async_lock()), (2, 2));
    }
}
