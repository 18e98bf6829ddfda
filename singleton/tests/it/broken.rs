//! What is shown as broken breaks on every run: each thread has a config of its own.

use singleton::real::naive::Naive;
use singleton::real::outside_the_lock::OutsideTheLock;
use singleton::real::race::race;
use singleton::{Built, Config, Singleton, Window};

/// As many are built as threads ask, and each thread has another one.
fn each_has_its_own<S: Singleton>() {
    for threads in [2, 5, 100] {
        let outcome = race::<S>(threads, Window::until_all_build(threads));
        assert_eq!((outcome.built, outcome.in_use()), (threads, threads));
    }
}

fn one_at_a_time_it_seems_to_work<S: Singleton>() {
    let (singleton, built) = (S::fresh(), Built::new());
    let numbers = [(); 5].map(|()| singleton.instance(|| Config::build(&built)).number());
    assert_eq!((numbers, built.count()), ([1; 5], 1));
}

checks::within_a_minute! {
    #[test]
    fn who_checks_and_then_acts_builds_one_for_each_thread() {
        each_has_its_own::<Naive>();
    }

    #[test]
    fn who_creates_outside_the_lock_builds_one_for_each_thread() {
        each_has_its_own::<OutsideTheLock>();
    }
}

#[test]
fn a_test_on_one_thread_finds_neither_fault() {
    one_at_a_time_it_seems_to_work::<Naive>();
    one_at_a_time_it_seems_to_work::<OutsideTheLock>();
}
