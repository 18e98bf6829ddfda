//! The jobs at the limits of what they take.

use threads_basics::jobs::{add_up, factorial, print};

#[test]
fn a_factorial_that_does_not_fit_is_none_and_a_line_that_cannot_be_printed_an_error() {
    assert_eq!((factorial(0), factorial(20)), (Some(1), Some(2_432_902_008_176_640_000)));
    assert_eq!((factorial(21), add_up(0)), (None, 0));
    let no_room: &mut [u8] = &mut [0; 3];
    assert!(print("too long", no_room).is_err());
}
