//! What scoped threads may borrow, and how they end.

use std::time::Duration;

use threads_basics::scope::{Doubled, Heard, copied, halves, panicked, readers, unjoined};

#[test]
fn a_thread_that_works_on_a_copy_leaves_its_starters_list_as_it_was() {
    assert_eq!(copied(Duration::ZERO), [1, 2, 3, 4]);
}

checks::within_a_minute! {
    #[test]
    fn two_scoped_threads_change_the_halves_of_a_list_in_place() {
        assert_eq!(halves(Duration::ZERO), Doubled { list: vec![2, 4, 6, 8], in_place: true });
    }

    #[test]
    fn scoped_threads_and_their_starter_read_one_list_at_once() {
        assert_eq!(readers(), (14, Some(1), Some(5)));
    }

    #[test]
    fn a_scope_ends_after_its_threads_though_nobody_joins_them() {
        for _ in 0..50 {
            assert_eq!(unjoined(), 1);
        }
    }

    #[test]
    fn a_panic_in_a_scope_is_an_error_for_who_joins_and_a_panic_for_who_does_not() {
        let Heard { joined, left } = panicked();
        assert_eq!((joined.as_str(), left.as_str()), ("out of paper", "a scoped thread panicked"));
    }
}
