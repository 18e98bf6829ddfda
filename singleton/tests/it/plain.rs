//! Addresses tell apart what lives at the same time, and nothing else; a count tells how many were
//! built.

use std::time::Duration;

use singleton::plain::{at_once, in_turn, moved};
use singleton::{Built, Config};

#[test]
fn two_objects_that_live_at_once_have_two_addresses() {
    let seen = at_once(Duration::ZERO);
    let [(one, here), (other, there)] = seen.found;
    assert_ne!(here, there);
    assert_eq!((one, other, seen.built), (1, 2, 2));
}

#[test]
fn two_objects_one_after_the_other_may_have_one_address() {
    let seen = in_turn(Duration::ZERO);
    let [(one, here), (other, there)] = seen.found;
    assert_eq!(here, there);
    assert_eq!((one, other, seen.built), (1, 2, 2));
}

#[test]
fn one_object_that_is_moved_has_another_address() {
    let seen = moved(Duration::ZERO);
    let [(one, here), (other, there)] = seen.found;
    assert_ne!(here, there);
    assert_eq!((one, other, seen.built), (1, 1, 1));
}

#[test]
fn every_object_is_counted_whichever_thread_builds_it() {
    let built = Built::new();
    let build = || (0..100).map(|_| Config::build(&built).number()).collect::<Vec<_>>();
    let mut numbers = std::thread::scope(|scope| {
        let threads = [scope.spawn(build), scope.spawn(build)];
        threads.map(|thread| thread.join().expect("it does not panic")).concat()
    });
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=200).collect::<Vec<_>>());
    assert_eq!(built.count(), 200);
}
