//! A thread takes its arguments with it, runs beside its starter, and gives its result to whoever
//! joins it.

use std::time::Duration;

use threads_basics::spawn::{Ran, called, started};

fn order(ran: &Ran) -> Vec<String> {
    ran.events.iter().map(ToString::to_string).collect()
}

#[test]
fn the_starter_goes_on_before_the_thread_has_begun() {
    for _ in 0..100 {
        let order = order(&started(Duration::ZERO));
        assert_eq!(
            order,
            ["starter starts t1", "starter goes on", "t1 begins", "t1 ends", "starter joined"]
        );
    }
}

#[test]
fn a_function_that_is_called_runs_on_its_caller_who_goes_on_afterwards() {
    let order = order(&called(Duration::ZERO));
    assert_eq!(
        order,
        ["starter calls", "starter begins", "starter ends", "starter returned", "starter goes on"]
    );
}

#[test]
fn an_argument_is_moved_into_the_thread_and_not_copied() {
    let ran = started(Duration::ZERO);
    assert_eq!(ran.bill.prices_at, ran.prices_at);
}

#[test]
fn the_result_comes_back_through_join_as_it_does_from_a_call() {
    let (started, called) = (started(Duration::ZERO).bill, called(Duration::ZERO).bill);
    // 60, less 10 per cent, and 5 for the freight.
    assert_eq!((started.customer.as_str(), started.total), ("Ada", 59));
    assert_eq!((started.customer, started.total), (called.customer, called.total));
}
