//! Three jobs, three threads, and when their results come.

use std::time::Duration;

use threads_basics::jobs::{
    Gathered, add_up, as_they_end, factorial, joined_at_once, print, started_first,
};

/// The results are the same, in whatever order they came.
fn results(gathered: &Gathered) -> (u64, Option<u64>, &[u8]) {
    (gathered.sum, gathered.factorial, gathered.printed.as_slice())
}

const RESULTS: (u64, Option<u64>, &[u8]) = (5_000_050_000, Some(120), b"a line\n");

#[test]
fn threads_that_are_joined_right_after_their_start_work_one_after_the_other() {
    let gathered = joined_at_once(Duration::ZERO);
    assert_eq!(gathered.most_at_once, 1);
    assert_eq!(results(&gathered), RESULTS);
}

checks::within_a_minute! {
    #[test]
    fn threads_that_are_all_started_before_the_first_is_joined_work_at_once() {
        let gathered = started_first(Duration::ZERO);
        assert_eq!(gathered.most_at_once, 3);
        assert_eq!(gathered.order, ["add-up", "factorial", "print"]);
        assert_eq!(results(&gathered), RESULTS);
    }

    #[test]
    fn over_a_channel_results_come_in_the_order_in_which_the_jobs_end() {
        let gathered = as_they_end(Duration::ZERO);
        assert_eq!(gathered.most_at_once, 3);
        assert_eq!(gathered.order, ["print", "factorial", "add-up"]);
        assert_eq!(results(&gathered), RESULTS);
    }
}

#[test]
fn a_factorial_that_does_not_fit_is_none() {
    assert_eq!((factorial(0), factorial(20)), (Some(1), Some(2_432_902_008_176_640_000)));
    assert_eq!(factorial(21), None);
}

#[test]
fn nothing_adds_up_to_nothing_and_a_line_that_cannot_be_printed_is_an_error() {
    assert_eq!(add_up(0), 0);
    let no_room: &mut [u8] = &mut [0; 3];
    assert!(print("too long", no_room).is_err());
}
