//! What a counter shows before its threads are joined, and after.

use std::time::Duration;

use threads_basics::Meeting;
use threads_basics::real::join::{Count, dropped, joined, read_at_once};

checks::within_a_minute! {
    #[test]
    fn a_counter_read_before_join_is_partial_on_every_run() {
        for _ in 0..50 {
            let count = read_at_once(1000, &Meeting::of(3), Duration::ZERO);
            assert_eq!(count, Count { read: 1000, full: 2000 });
        }
    }

    #[test]
    fn to_drop_the_handle_waits_for_nothing() {
        let count = dropped(1000, &Meeting::of(3), Duration::ZERO);
        assert_eq!(count, Count { read: 1000, full: 2000 });
    }

    #[test]
    fn a_counter_read_after_join_is_full() {
        for _ in 0..50 {
            let count = joined(1001, &Meeting::of(3), Duration::ZERO);
            assert_eq!(count, Count { read: 2002, full: 2002 });
        }
    }
}
