//! The lesson `convoy`: short sections behind a long one.

use std::time::Duration;

use locks::convoy::{Done, long_inside, long_outside};

/// Where the long one is in the order of those who are through.
fn place_of_the_long_one(done: &Done) -> usize {
    done.order.iter().position(|name| name == "long").expect("it is through")
}

checks::within_a_minute! {
#[test]
fn long_work_inside_the_lock_makes_every_short_section_wait_for_its_end() {
    for shorts in [1, 4, 8] {
        let done = long_inside::run(shorts, Duration::from_millis(2));
        assert_eq!((done.waited, place_of_the_long_one(&done)), (shorts, 0), "{done:?}");
        assert_eq!((done.order.len(), done.sum as usize), (shorts + 1, shorts));
    }
}

#[test]
fn long_work_on_a_copy_lets_every_short_section_through_meanwhile() {
    for shorts in [1, 4, 8] {
        let done = long_outside::run(shorts, Duration::ZERO);
        assert_eq!((done.waited, place_of_the_long_one(&done)), (0, shorts), "{done:?}");
        assert_eq!((done.order.len(), done.sum as usize), (shorts + 1, shorts));
    }
}
}
