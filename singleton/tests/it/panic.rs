//! An initialiser that panics leaves its place empty, or poisoned for ever.

use std::panic::catch_unwind;
use std::sync::{Once, OnceLock};

use singleton::Config;
use singleton::panic::{Outcome, callers, callers_of_a_lazy_lock};
use singleton::real::compare_exchange::FirstWins;
use singleton::real::double_checked::DoubleChecked;
use singleton::real::mutex::Locked;
use singleton::real::once::WithOnce;
use singleton::real::once_cell::OnceCell;

/// The first one has its own panic; the one who came meanwhile builds, and the last has the same
/// one.
fn empty_again(outcome: Outcome) {
    let own = Err("no such file".to_owned());
    assert_eq!(outcome, Outcome { first: own, meanwhile: Ok(1), later: Ok(1), built: 1 });
}

/// The first one has its own panic; all others are told that there was one. Nothing is ever built.
fn poisoned(outcome: &Outcome) {
    assert_eq!(outcome.first, Err("no such file".to_owned()));
    for got in [&outcome.meanwhile, &outcome.later] {
        let said = got.as_ref().expect_err("it panics as well");
        assert!(said.contains("poisoned"), "{said}");
    }
    assert_eq!(outcome.built, 0);
}

checks::within_a_minute! {
    #[test]
    fn after_a_panic_a_mutex_builds_anew() {
        empty_again(callers::<Locked>());
    }

    #[test]
    fn after_a_panic_a_double_check_builds_anew() {
        empty_again(callers::<DoubleChecked>());
    }

    #[test]
    fn after_a_panic_a_compare_exchange_builds_anew() {
        empty_again(callers::<FirstWins>());
    }

    #[test]
    fn after_a_panic_a_once_lock_builds_anew() {
        empty_again(callers::<OnceLock<Config>>());
    }

    #[test]
    fn after_a_panic_the_once_cell_builds_anew() {
        empty_again(callers::<OnceCell<Config>>());
    }

    #[test]
    fn after_a_panic_a_once_is_poisoned() {
        poisoned(&callers::<WithOnce>());
    }

    #[test]
    fn a_poisoned_once_runs_again_if_it_is_asked_by_call_once_force() {
        static ONCE: Once = Once::new();
        assert!(catch_unwind(|| ONCE.call_once(|| panic!("no such file"))).is_err());
        assert!(catch_unwind(|| ONCE.call_once(|| ())).is_err());
        ONCE.call_once_force(|state| assert!(state.is_poisoned()));
        ONCE.call_once(|| unreachable!("it has run"));
    }

    #[test]
    fn after_a_panic_a_lazy_lock_is_poisoned() {
        poisoned(&callers_of_a_lazy_lock());
    }
}
