//! The lesson `spin` for real: what is shown as broken breaks on every run, what holds holds in the same window.

use std::time::Duration;

use locks::real::spin::{Done, Meeting, one_step, two_steps};

const RUNS: usize = 50;

#[test]
fn a_test_and_a_set_let_two_threads_in_and_an_increment_is_lost_on_every_run() {
    for _ in 0..RUNS {
        let done = two_steps::tried(&Meeting::of_two(), Duration::ZERO);
        assert_eq!(done, Done { entered: 2, most_inside: 2, value: 1 });
    }
}

#[test]
fn a_test_and_set_in_one_step_lets_one_in_at_a_time() {
    for _ in 0..RUNS {
        let done = one_step::tried(&Meeting::of_two(), Duration::ZERO);
        // The second may come when the first has been and gone.
        assert!((1..=2).contains(&done.entered), "{done:?}");
        assert_eq!((done.most_inside, done.value), (1, done.entered));
    }
}

#[test]
fn whoever_waits_gets_in_and_nobody_else_is_there() {
    let done = one_step::waited(10, Duration::from_micros(100));
    assert_eq!(done, Done { entered: 20, most_inside: 1, value: 20 });
}

#[test]
fn two_threads_that_add_to_a_plain_value_under_the_lock_lose_nothing() {
    for times in [1, 2, 1_000, 200_000] {
        assert_eq!(one_step::count(times), 2 * times);
    }
}
