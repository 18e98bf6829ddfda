//! One for each thread: as many as there are threads, and no thread sees another's.

use singleton::Window;
use singleton::per_thread::{in_a_static, in_a_value, in_turn};

checks::within_a_minute! {
    #[test]
    fn each_thread_has_its_own_by_std() {
        // It also asserts that a thread which asks again is given the same one.
        let outcome = in_a_static(8, Window::until_all_build(8));
        assert_eq!((outcome.built, outcome.in_use()), (8, 8));
    }

    #[test]
    fn a_later_thread_is_given_the_one_of_a_thread_that_has_ended_by_the_crate_and_builds_none() {
        let threads = in_turn(100).expect("one of a hundred threads is given what an earlier one has left");
        assert!((2..=100).contains(&threads), "{threads}");
    }

    #[test]
    fn each_thread_has_its_own_by_the_crate_and_they_outlive_their_threads() {
        let outcome = in_a_value(8, Window::until_all_build(8));
        assert_eq!((outcome.built, outcome.in_use()), (8, 8));
    }
}
