//! What the fixed variants do beyond what they show.

use std::time::Duration;

use deadlock::real::{coffman, lock_order, philosophers};
use kit::sync_point::SyncPoint;

checks::within_a_minute! {
    #[test]
    fn a_thread_that_backs_off_was_in_the_window_in_which_opposite_orders_deadlock() {
        assert!(lock_order::try_back_off(SyncPoint::of(2)).1 > 0);
        assert_eq!(coffman::preempted(SyncPoint::of(2)), (2, 1), "one preemption");
    }

    #[test]
    fn every_strategy_feeds_every_philosopher() {
        use philosophers::{Plan, chandy_misra, one_seat_fewer, ordered, try_back_off, waiter};
        for philosophers in [2, 3, 5] {
            for run in [ordered, waiter, one_seat_fewer, try_back_off, chandy_misra] {
                let start = SyncPoint::of(philosophers);
                let window = SyncPoint::for_a_moment(philosophers);
                // `run` itself asserts that everyone has eaten as often as the plan says.
                run(&Plan { philosophers, meals: 10, meal: Duration::ZERO, start, window });
            }
        }
    }
}
