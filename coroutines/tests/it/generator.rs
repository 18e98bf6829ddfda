//! What all three producers promise as iterators, however they are used.

use coroutines::generator::{Log, StateMachine, async_fn, stackful};

/// Makes all producers, each with its log.
fn producers() -> [(Log, Box<dyn Iterator<Item = u32>>); 3] {
    let [log, log2, log3] = [(); 3].map(|()| Log::default());
    let machine = StateMachine::Start(log.clone());
    let compiled = async_fn(log2.clone());
    let stackful = stackful(log3.clone()).expect("the system has room for a stack");
    [(log, Box::new(machine)), (log2, Box::new(compiled)), (log3, Box::new(stackful))]
}

#[test]
fn a_producer_that_nobody_asks_makes_nothing() {
    for (log, producer) in producers() {
        drop(producer);
        assert_eq!(log.events(), [""; 0], "it never began, and so has no end either");
    }
}

#[test]
fn a_producer_that_is_dropped_in_the_middle_lets_go_of_what_it_holds() {
    for (log, mut producer) in producers() {
        assert_eq!((producer.next(), producer.next()), (Some(0), Some(1)));
        let made = ["producer makes 0", "producer makes 1"];
        assert_eq!(log.events(), made, "it goes no further than it is asked to");
        drop(producer);
        assert_eq!(log.events()[2..], ["producer ends"]);
    }
}

#[test]
fn a_producer_that_is_forgotten_in_the_middle_keeps_what_it_holds() {
    for (log, mut producer) in producers() {
        assert_eq!(producer.next(), Some(0));
        std::mem::forget(producer);
        assert_eq!(log.events(), ["producer makes 0"]);
    }
}

#[test]
fn a_producer_that_has_ended_stays_ended() {
    for (log, mut producer) in producers() {
        assert_eq!(producer.by_ref().count(), 5);
        assert_eq!((producer.next(), producer.next()), (None, None));
        assert_eq!(log.events().last().map(String::as_str), Some("producer ends"));
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
