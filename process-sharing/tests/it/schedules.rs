//! What a model checker says of the files that processes agree by: threads stand for processes.

use process_sharing::model::adding::{Tally, fetch_added, locked, unlocked};
use process_sharing::model::modelled::{hand_over, one_dies, two_add};
use stage::{Bound, Explored, explore, model};

fn explored<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    explore(&Bound { schedules: 5_000, random: 500, ..Bound::default() }, &model(run))
}

/// Fails in no schedule of few preemptions, nor in any of those drawn beyond.
fn holds<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    let found = explored(run);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.counts().iter().all(|count| count.finished() > 0), "{found:?}");
    found
}

fn adding(add: fn(&Tally)) -> impl Fn() + Send + Sync + 'static {
    move || assert_eq!(two_add(add), 2)
}

#[test]
fn two_that_add_without_a_lock_lose_one_in_180_of_251_schedules() {
    let found = explored(adding(unlocked::add));
    assert!(found.exhaustive());
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (180, 251));
}

#[test]
fn the_shortest_schedule_that_loses_an_addition_shows_both_reads_and_both_writes() {
    let found = explored(adding(unlocked::add));
    let shortest = found.shortest.expect("one loses an addition");
    let steps: Vec<_> = shortest.steps.iter().map(|step| step.did.as_str()).collect();
    assert_eq!(steps, ["reads 0", "reads 0", "writes 1", "writes 1"]);
}

#[test]
fn two_that_add_in_one_step_lose_none_in_any_of_19_schedules() {
    let found = holds(adding(fetch_added::add));
    assert!(found.exhaustive());
    assert_eq!(found.depth_first.run, 19);
}

#[test]
fn two_that_add_with_the_lock_lose_none_and_neither_sleeps_for_ever() {
    holds(adding(locked::add));
}

#[test]
fn whenever_one_dies_with_the_lock_the_next_one_gets_it_and_never_sees_half() {
    holds(one_dies);
}

#[test]
fn some_are_told_of_the_death_and_some_had_the_lock_before_it() {
    for told in [true, false] {
        let found = explored(move || assert_eq!(one_dies().1, told));
        let of =
            |count: fn(stage::Count) -> usize| found.counts().into_iter().map(count).sum::<usize>();
        assert!(
            of(|count| count.panicked) > 0 && of(|count| count.finished()) > 0,
            "{told}: {found:?}"
        );
    }
}

#[test]
fn what_the_producer_hands_over_arrives_in_order_and_neither_end_sleeps_for_ever() {
    holds(|| assert_eq!(hand_over(), [1, 2]));
}
