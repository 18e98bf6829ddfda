//! The lessons `map`, `as-completed` and `chunk`: many tasks, their results, and how they are sent.

use process_pool::chunk::{self, LeftBehind};
use process_pool::results::as_completed;
use process_pool::results::map::{self, Results, in_order};

use crate::program;

checks::within_a_minute! {
    #[test]
    fn who_asks_for_each_result_right_after_its_submit_has_one_worker_at_work() {
        let out = map::one_at_a_time(program()).expect("the workers live");
        assert_eq!(out, Results { order: in_order(), at_work: 1 });
    }

    #[test]
    fn a_map_has_all_four_workers_at_work_and_returns_the_results_in_the_order_of_the_tasks() {
        let out = map::map(program()).expect("the workers live");
        assert_eq!(out, Results { order: in_order(), at_work: 4 });
    }

    #[test]
    fn a_task_that_fails_in_a_map_is_an_error_in_its_place_and_costs_no_other_its_result() {
        let out = map::one_fails(program()).expect("the workers live");
        assert_eq!(out.len(), 10);
        for (number, result) in (1..).zip(out) {
            match result {
                Ok(name) => assert!(number != 5 && name == format!("task {number}"), "{number}: {name}"),
                Err(why) => assert!(number == 5 && why.contains("no such luck"), "{number}: {why}"),
            }
        }
    }

    #[test]
    fn who_asks_in_order_has_nothing_while_nine_results_lie_ready() {
        let had = as_completed::in_order(program()).expect("the workers live");
        assert_eq!((had.ready, had.order), (9, (1..=10).collect()));
    }

    #[test]
    fn who_takes_results_as_they_come_has_nine_before_the_slow_one() {
        let had = as_completed::as_they_come(program()).expect("the workers live");
        assert_eq!(had.order.last(), Some(&1), "{had:?}");
        let mut order = had.order;
        order.sort_unstable();
        assert_eq!(order, (1..=10).collect::<Vec<_>>());
    }

    #[test]
    fn in_a_chunk_that_is_cut_beforehand_four_tasks_wait_behind_a_long_one() {
        let out = chunk::cut(program()).expect("the workers live");
        assert_eq!(out, LeftBehind { over: 15, waiting: 4 });
    }

    #[test]
    fn a_pool_that_cuts_no_chunks_leaves_none_behind_a_long_task() {
        let out = chunk::uncut(program()).expect("the workers live");
        assert_eq!(out, LeftBehind { over: 19, waiting: 0 });
    }

    #[test]
    fn whatever_the_chunk_every_task_of_the_curve_is_answered_with_its_own_number() {
        for micros in [0, 20] {
            let points = chunk::curve(program(), micros, 300).expect("each answer is right");
            assert_eq!(points.iter().map(|point| point.chunk).collect::<Vec<_>>(), [Some(1), Some(10), Some(100), Some(1000), None]);
        }
    }
}
