//! The lesson `future`, on our executor and on tokio.

use std::time::Duration;

macro_rules! on_both {
    ($(fn $name:ident() $body:block)*) => {
        mod ours {
            use super::*;
            use coroutines::on_ours::future::{Wait, run};
            stage::within_a_minute! { $(#[test] fn $name() $body)* }
        }
        mod tokio {
            use super::*;
            use coroutines::on_tokio::future::{Wait, run};
            stage::within_a_minute! { $(#[test] fn $name() $body)* }
        }
    };
}

on_both! {
    fn nothing_is_polled_before_it_is_awaited() {
        for how in [Wait::ForgetsItsWaker, Wait::WakesItself, Wait::KeepsItsWaker] {
            assert_eq!(run(how, Duration::ZERO).before, 0);
        }
    }

    fn a_future_that_forgets_its_waker_is_polled_once_and_never_again() {
        let seen = run(Wait::ForgetsItsWaker, Duration::ZERO);
        assert_eq!((seen.polls, seen.done), (1, false));
    }

    fn a_future_that_keeps_its_waker_is_polled_twice() {
        let seen = run(Wait::KeepsItsWaker, Duration::ZERO);
        assert_eq!((seen.polls, seen.done), (2, true));
    }

    fn a_future_that_wakes_itself_is_polled_all_the_time() {
        let seen = run(Wait::WakesItself, Duration::ZERO);
        assert!(seen.done && seen.polls > 10, "{seen:?}");
    }
}
