//! Large messages, full channels.

use process_pool::job::Job;

use crate::pool;

const LARGE: usize = 4 << 20;

stage::within_a_minute! {
    #[test]
    fn both_directions_may_be_full_at_once() {
        let pool = pool(1);
        let text = "x".repeat(LARGE);
        // Each message of either side is larger than a channel holds.
        let lengths = pool.submit_all((0..16).map(|_| Job::Length(text.clone())));
        let texts = pool.submit_all((0..16).map(|_| Job::Text(LARGE)));
        assert!(texts.into_iter().all(|handle| handle.wait().is_ok_and(|answer| answer.text.len() == LARGE)));
        assert!(lengths.into_iter().all(|handle| handle.wait().is_ok_and(|answer| answer.value == LARGE as u64)));
    }

    #[test]
    fn thousands_of_answers_that_nobody_asks_for_stop_nothing() {
        let pool = pool(1);
        let unasked = pool.submit_all((0..50_000).map(Job::Echo));
        assert_eq!(pool.submit(Job::Echo(7)).wait().expect("the worker lives").value, 7);
        drop(unasked);
    }

    #[test]
    fn a_large_argument_does_not_hold_up_small_tasks_on_the_other_worker() {
        let pool = pool(2);
        let hangs = pool.submit(Job::Hang);
        let large = pool.submit(Job::Length("x".repeat(LARGE)));
        let small = pool.submit_all((0..1000).map(Job::Echo));
        assert!(small.into_iter().all(|handle| handle.wait().is_ok()));
        assert_eq!(large.wait().expect("the worker lives").value, LARGE as u64);
        pool.terminate();
        assert!(hangs.wait().is_err());
    }
}
