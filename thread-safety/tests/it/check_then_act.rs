//! Checking first and acting later overdraws the account, for real and on every run; the mends pay
//! one card of two.

use stage::{Bound, Explored, explore, model};
use thread_safety::Window;
use thread_safety::model::check_then_act as modelled;
use thread_safety::real::check_then_act::{
    Ended, check_first, compare_exchange, one_lock, one_method,
};

checks::within_a_minute! {
    #[test]
    fn checking_first_overdraws_the_account_whenever_both_check_before_either_takes() {
        for _ in 0..10 {
            let ended = check_first::run(Window::until_both_have_read());
            assert_eq!(ended, Ended { balance: -60, paid: 2 });
        }
    }

    #[test]
    fn every_mend_pays_one_card_in_the_window_in_which_checking_first_pays_both() {
        let ended = [
            one_lock::run(Window::for_a_moment()),
            compare_exchange::run(Window::until_both_have_read()),
            one_method::run(Window::for_a_moment()),
        ];
        assert_eq!(ended, [Ended { balance: 20, paid: 1 }; 3]);
    }
}

fn explored(run: fn(Window) -> modelled::Ended) -> Explored {
    let found = explore(
        &Bound::default(),
        &model(move || {
            let ended = run(Window::told());
            assert!(ended.well(), "{} is left", ended.balance);
        }),
    );
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    found
}

#[test]
fn checking_first_overdraws_the_account_in_343_of_456_schedules() {
    let found = explored(modelled::check_first::run);
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (343, 456));
}

#[test]
fn the_shortest_overdraft_is_two_looks_before_two_takings() {
    let shortest = explored(modelled::check_first::run).shortest.expect("some schedule overdraws");
    let steps: Vec<_> =
        shortest.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    assert_eq!(steps, ["t1 sees 100", "t2 sees 100", "t1 takes 80", "t2 takes 80"]);
    assert_eq!(shortest.why.to_string(), "-60 is left");
}

#[test]
fn no_mend_overdraws_in_any_schedule() {
    for run in [modelled::one_lock::run, modelled::compare_exchange::run, modelled::one_method::run]
    {
        let found = explored(run);
        assert!(!found.failed(), "{:?}", found.shortest);
    }
}
