//! What a model checker says of the lesson `spin`: the two steps let both in, the one step never does.

use std::time::Duration;

use locks::model::spin::{Done, Meeting, one_step, two_steps};
use stage::{Bound, Why, explore, model};

fn alone(done: Done) {
    assert!(done.most_inside == 1, "both are inside at once");
    assert!(done.value == done.entered, "an increment is lost");
}

#[test]
fn one_step_lets_one_in_at_a_time_in_every_schedule() {
    let tried = model(|| alone(one_step::tried(&Meeting::none(), Duration::ZERO)));
    let found = explore(&Bound::default(), &tried);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.exhaustive());
    assert_eq!(found.depth_first.run, 192);
}

#[test]
fn two_steps_let_both_in_in_most_schedules() {
    let tried = model(|| alone(two_steps::tried(&Meeting::none(), Duration::ZERO)));
    let found = explore(&Bound::default(), &tried);
    assert!(found.exhaustive());
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (15_400, 17_779));
    let shortest = found.shortest.expect("some schedule fails");
    let steps: Vec<_> = shortest.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    assert_eq!(steps, ["t1 finds it free", "t2 finds it free", "t1 takes lock", "t2 takes lock"]);
    assert_eq!(shortest.why, Why::Panic("both are inside at once".to_owned()));
}

#[test]
fn a_lock_that_is_waited_for_has_no_end_of_schedules_and_lets_one_in_at_a_time_in_those_that_were_followed() {
    let waited = model(|| alone(one_step::waited(1, Duration::ZERO)));
    let found = explore(&Bound { schedules: 2_000, random: 2_000, ..Bound::default() }, &waited);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(!found.exhaustive());
    assert!(found.depth_first.cut > 0, "in some, the waiting thread looks again and again: {found:?}");
}
