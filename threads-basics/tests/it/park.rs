//! Who is woken, by what, and what is there then.

use std::time::Duration;

use threads_basics::Meeting;
use threads_basics::parker::{Woken, own_token};
use threads_basics::real::park::{checked_again, checked_once, tokens};

use crate::broken::circle;

const KNOT: &str = "starter → end of t1 → t1 → a token → starter";

checks::within_a_minute! {
    #[test]
    fn who_checks_once_is_woken_by_a_token_left_over_and_takes_the_wrong_letter() {
        for _ in 0..50 {
            assert_eq!(checked_once::run(&Meeting::of(2), Duration::ZERO), [10, 10]);
        }
    }

    #[test]
    fn who_checks_again_waits_for_the_right_letter() {
        for _ in 0..50 {
            assert_eq!(checked_again::run(&Meeting::of(2), Duration::ZERO), [10, 20]);
        }
    }

    #[test]
    fn an_unpark_before_the_park_is_kept() {
        tokens::kept(&Meeting::of(2));
    }

    #[test]
    fn a_parker_is_not_woken_by_the_threads_own_token() {
        let wanted = Woken { by_the_stray_token: false, letter: 20 };
        assert_eq!(own_token(Duration::from_millis(10)), wanted);
    }
}

#[test]
fn who_is_woken_before_the_letter_is_there_lies_down_for_good() {
    assert_eq!(circle(&["park"], "unparked-first"), KNOT);
}

#[test]
fn two_tokens_are_one() {
    assert_eq!(circle(&["park"], "not-counted"), KNOT);
}
