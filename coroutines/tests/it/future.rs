//! The lesson `future`, on our executor and on tokio.

use std::time::Duration;

use crate::executor::on_both;

on_both! {
    fn nothing_is_polled_before_it_is_awaited() {
        use lessons::future::{Wait, run};

        for how in [Wait::ForgetsItsWaker, Wait::WakesItself, Wait::KeepsItsWaker] {
            assert_eq!(run(how, Duration::ZERO).before, 0);
        }
    }

    fn a_future_that_forgets_its_waker_is_polled_once_and_never_again() {
        use lessons::future::{Wait, run};

        let seen = run(Wait::ForgetsItsWaker, Duration::ZERO);
        assert_eq!((seen.polls, seen.done), (1, false));
    }

    fn a_future_that_keeps_its_waker_is_polled_twice() {
        use lessons::future::{Wait, run};

        let seen = run(Wait::KeepsItsWaker, Duration::ZERO);
        assert_eq!((seen.polls, seen.done), (2, true));
    }

    fn a_future_that_wakes_itself_is_polled_all_the_time() {
        use lessons::future::{Wait, run};

        let seen = run(Wait::WakesItself, Duration::ZERO);
        assert!(seen.done && seen.polls > 10, "{seen:?}");
    }
}
