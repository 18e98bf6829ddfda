//! The lesson `generator`: all forms hand control back and forth in the same order.

use std::time::Duration;

use coroutines::generator::{
    Event::{Asks, Ends, Makes, Takes},
    HandOver, Log, async_fn, expected, stackful, state_machine,
};

/// Runs all forms.
fn all() -> [HandOver; 3] {
    [
        state_machine::run(Duration::ZERO),
        async_fn::run(Duration::ZERO),
        stackful::run(Duration::ZERO).expect("the system has room for a stack"),
    ]
}

/// Makes all producers, each with its log.
fn producers() -> [(Log, Box<dyn Iterator<Item = u32>>); 3] {
    let [log, log2, log3] = [(); 3].map(|()| Log::new(Duration::ZERO));
    let machine = state_machine::Producer::new(&log);
    let compiled = async_fn::Producer::new(&log3);
    let stackful = stackful::Producer::new(&log2).expect("the system has room for a stack");
    [(log, Box::new(machine)), (log3, Box::new(compiled)), (log2, Box::new(stackful))]
}

#[test]
fn each_value_is_asked_for_made_and_taken_before_the_next_one_is() {
    let wanted = [
        [Asks, Makes(0), Takes(0)],
        [Asks, Makes(1), Takes(1)],
        [Asks, Makes(2), Takes(2)],
        [Asks, Makes(3), Takes(3)],
        [Asks, Makes(4), Takes(4)],
    ];
    let wanted: Vec<_> = wanted.into_iter().flatten().chain([Asks, Ends]).collect();
    assert_eq!(expected(), wanted);
    for done in all() {
        assert_eq!(done.events, wanted);
    }
}

#[test]
fn all_of_it_happens_on_one_thread() {
    for done in all() {
        assert_eq!(done.threads, 1);
    }
}

#[test]
fn a_producer_that_nobody_asks_makes_nothing() {
    for (log, producer) in producers() {
        drop(producer);
        assert_eq!(log.events(), [], "it never began, and so has no end either");
    }
}

#[test]
fn a_producer_goes_no_further_than_it_is_asked_to() {
    for (log, mut producer) in producers() {
        assert_eq!((producer.next(), producer.next()), (Some(0), Some(1)));
        assert_eq!(log.events(), [Makes(0), Makes(1)]);
    }
}

#[test]
fn a_producer_that_is_dropped_in_the_middle_lets_go_of_what_it_holds() {
    for (log, mut producer) in producers() {
        assert_eq!(producer.next(), Some(0));
        assert_eq!(log.events(), [Makes(0)], "what it holds, it holds across the hand-over");
        drop(producer);
        assert_eq!(log.events(), [Makes(0), Ends]);
    }
}

#[test]
fn a_producer_that_is_forgotten_in_the_middle_keeps_what_it_holds() {
    for (log, mut producer) in producers() {
        assert_eq!(producer.next(), Some(0));
        std::mem::forget(producer);
        assert_eq!(log.events(), [Makes(0)]);
    }
}

#[test]
fn a_producer_that_has_ended_stays_ended() {
    for (log, mut producer) in producers() {
        assert_eq!(producer.by_ref().count(), 5);
        assert_eq!((producer.next(), producer.next()), (None, None));
        assert_eq!(log.events().last(), Some(&Ends));
        assert_eq!(log.events().len(), 6, "it ended once");
    }
}

#[test]
fn two_producers_of_a_kind_are_each_in_a_place_of_their_own() {
    for ((_, mut one), (_, mut other)) in producers().into_iter().zip(producers()) {
        assert_eq!((one.next(), one.next(), other.next()), (Some(0), Some(1), Some(0)));
        assert_eq!((other.next(), one.next()), (Some(1), Some(2)));
    }
}
