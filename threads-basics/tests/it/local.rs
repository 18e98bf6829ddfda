//! What is in a thread-local, for whom, and for how long.

use threads_basics::local::count::{Counts, apart, merged, together};
use threads_basics::local::end::{joined, joined_in_the_scope, left_to_the_scope};
use threads_basics::local::left_over::{left_over, put_back};

checks::within_a_minute! {
    #[test]
    fn what_threads_count_in_a_thread_local_their_starter_does_not_see() {
        assert_eq!(apart(), Counts { threads: [10; 3], starter: 0, shared_writes: 0 });
    }

    #[test]
    fn what_threads_count_in_a_static_everyone_sees() {
        for _ in 0..20 {
            assert_eq!(together(), Counts { threads: [30; 3], starter: 30, shared_writes: 30 });
        }
    }

    #[test]
    fn what_is_counted_apart_can_be_handed_over_once() {
        assert_eq!(merged(), Counts { threads: [10; 3], starter: 30, shared_writes: 3 });
    }

    #[test]
    fn a_thread_that_serves_the_next_request_still_has_the_last_ones_user() {
        let ada = || Some("Ada".to_owned());
        assert_eq!(left_over(), [ada(), ada()]);
        assert_eq!(put_back(), [ada(), None]);
    }

    #[test]
    fn a_scope_ends_before_its_threads_locals_are_destroyed_and_join_does_not() {
        for _ in 0..20 {
            assert_eq!(left_to_the_scope(), ["t1 ends", "starter goes on", "destroyed"]);
            assert_eq!(joined_in_the_scope(), ["t1 ends", "destroyed", "starter goes on"]);
            assert_eq!(joined(), ["t1 ends", "destroyed", "starter goes on"]);
        }
    }
}
