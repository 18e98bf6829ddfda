//! The jobs at the limits of what they take.

use threads_basics::jobs::{add_up, factorial};

#[test]
fn a_factorial_that_does_not_fit_is_none() {
    assert_eq!((factorial(0), factorial(20)), (Some(1), Some(2_432_902_008_176_640_000)));
    assert_eq!((factorial(21), add_up(0)), (None, 0));
}
