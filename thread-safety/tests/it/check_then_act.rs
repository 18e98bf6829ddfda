//! In how many schedules checking first overdraws the account.

use stage::{Bound, Explored, explore, outcomes};
use thread_safety::model::check_then_act::{Withdrawals, check_first, compare_exchange, one_lock};
use thread_safety::model::lane::SyncPoint;

fn explored(run: fn(SyncPoint) -> Withdrawals) -> Explored {
    let model = outcomes(vec![Withdrawals::ONE], move || run(SyncPoint::stepped()));
    let found = explore(&Bound::default(), &model);
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    found
}

#[test]
fn checking_first_overdraws_the_account_in_343_of_456_schedules() {
    let found = explored(check_first);
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (343, 456));
    let shortest = found.shortest.expect("some schedule overdraws");
    let steps: Vec<_> =
        shortest.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    assert_eq!(steps, ["t1 sees 100", "t2 sees 100", "t1 takes 80", "t2 takes 80"]);
}

#[test]
fn one_critical_section_has_51_schedules_and_compare_and_swap_59_and_none_overdraws() {
    for (run, schedules) in [(one_lock as fn(_) -> _, 51), (compare_exchange, 59)] {
        let found = explored(run);
        assert_eq!((found.depth_first.failed(), found.depth_first.run), (0, schedules));
    }
}
