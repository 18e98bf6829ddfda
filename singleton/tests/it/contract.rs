//! What every approach that holds promises: one is built, and all who ask are given that one.

use std::sync::OnceLock;

use singleton::real::compare_exchange::FirstWins;
use singleton::real::double_checked::DoubleChecked;
use singleton::real::mutex::Locked;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;
use singleton::real::race::{Outcome, race};
use singleton::{Built, Config, Singleton, Window, lazy_lock};

const THREADS: usize = 8;

/// Eight threads, released by a barrier; the constructor stays at work for a moment.
fn asked_at_once<S: Singleton>() -> Outcome {
    race::<S>(THREADS, Window::for_a_moment(THREADS))
}

/// What every one of eight threads should have got, of one that was built.
fn one() -> Outcome {
    Outcome { built: 1, got: vec![1; THREADS] }
}

fn holds<S: Singleton>() {
    assert_eq!(asked_at_once::<S>(), one());
    for _ in 0..100 {
        assert_eq!(race::<S>(2, Window::narrow()), Outcome { built: 1, got: vec![1, 1] });
    }
    later_calls_do_not_build::<S>();
}

fn later_calls_do_not_build<S: Singleton>() {
    let (singleton, built) = (S::fresh(), Built::new());
    let first = singleton.instance(|| Config::build(&built));
    let later = singleton.instance(|| unreachable!("it is built"));
    assert!(std::ptr::eq(first, later));
    assert_eq!(built.count(), 1);
}

checks::within_a_minute! {
    #[test]
    fn under_a_mutex_one_is_built_and_all_have_it() {
        holds::<Locked>();
    }

    #[test]
    fn double_checked_one_is_built_and_all_have_it() {
        holds::<DoubleChecked>();
    }

    #[test]
    fn by_a_once_one_is_built_and_all_have_it() {
        holds::<WithOnce>();
    }

    #[test]
    fn by_the_once_cell_one_is_built_and_all_have_it() {
        holds::<OnceCell<Config>>();
    }

    #[test]
    fn by_a_once_lock_one_is_built_and_all_have_it() {
        holds::<OnceLock<Config>>();
    }

    #[test]
    fn by_a_lazy_lock_one_is_built_and_all_have_it() {
        assert_eq!(lazy_lock::race(THREADS, Window::for_a_moment(THREADS)), one());
    }

    #[test]
    fn by_compare_exchange_all_may_build_and_all_have_the_same_one() {
        let outcome = race::<FirstWins>(THREADS, Window::until_all_build(THREADS));
        assert_eq!((outcome.built, outcome.in_use()), (THREADS, 1));
        later_calls_do_not_build::<FirstWins>();
    }
}

#[test]
fn each_approach_can_stand_in_a_static() {
    static BUILT: Built = Built::new();
    macro_rules! in_a_static {
        ($($approach:ty),*) => {
            $({
                static CONFIG: $approach = <$approach>::new();
                let ask = || CONFIG.instance(|| Config::build(&BUILT));
                assert!(std::ptr::eq(ask(), ask()));
            })*
        };
    }
    in_a_static!(Locked, DoubleChecked, FirstWins, WithOnce, OnceCell<Config>, OnceLock<Config>);
    assert_eq!(BUILT.count(), 6);
}
