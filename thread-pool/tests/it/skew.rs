//! The lesson `stealing`: one long task among short ones.

use thread_pool::imbalance::{Outcome, channel, dealt, stealing};

fn ran(outcome: &Outcome) -> usize {
    outcome.workers.values().map(|share| share.ran).sum()
}

checks::within_a_minute! {
    #[test]
    fn what_was_dealt_to_the_worker_of_the_long_task_waits_for_it() {
        for (tasks, workers, behind) in [(40, 4, 9), (9, 2, 4), (2, 2, 0)] {
            let outcome = dealt(tasks, workers).expect("there is room for some threads");
            assert_eq!((outcome.left_behind, ran(&outcome)), (behind, tasks), "{outcome:?}");
        }
    }

    #[test]
    fn from_one_queue_nothing_waits_for_a_single_worker() {
        let outcome = channel(40, 4).expect("there is room for some threads");
        assert_eq!((outcome.left_behind, ran(&outcome)), (0, 40), "{outcome:?}");
        let (long, others): (Vec<_>, Vec<_>) = outcome.workers.values().copied().partition(|share| share.long);
        assert_eq!(long.len(), 1);
        assert!(!others.is_empty(), "{outcome:?}");
    }

    #[test]
    fn what_is_queued_behind_the_long_task_is_stolen() {
        for (tasks, workers) in [(2, 2), (40, 2), (40, 4)] {
            let outcome = stealing(tasks, workers).expect("there is room for some threads");
            assert_eq!((outcome.left_behind, ran(&outcome)), (0, tasks), "{outcome:?}");
            assert!(outcome.workers.values().any(|share| share.stolen > 0), "{outcome:?}");
        }
    }
}
