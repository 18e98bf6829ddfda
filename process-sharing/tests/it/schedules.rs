//! Exact counts of the schedules of the models, in which threads stand for processes. That a model
//! holds, or breaks, is said by its lesson's `--explore`; here is how many schedules there are.

use std::sync::{Arc, Mutex};

use process_sharing::model::counter::{Counter, fetch_added, unlocked};
use process_sharing::model::models::{one_dies, two_add};
use process_sharing::model::protocols::{Append, crowd, ten_numbers, two_append};
use stage::{Bound, Explored, explore, model};

fn explored<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    explore(&Bound { schedules: 600, random: 60, ..Bound::default() }, &model(run))
}

fn adding(add: fn(&Counter)) -> impl Fn() + Send + Sync + 'static {
    move || assert_eq!(two_add(add), 2)
}

#[test]
fn two_that_add_without_a_lock_lose_one_in_180_of_251_schedules_and_in_one_step_in_none_of_19() {
    let found = explored(adding(unlocked));
    assert!(found.exhaustive());
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (180, 251));
    let shortest = found.shortest.expect("one loses an update");
    let steps: Vec<_> = shortest.steps.iter().map(|step| step.did.as_str()).collect();
    assert_eq!(steps, ["reads 0", "reads 0", "writes 1", "writes 1"]);
    let found = explored(adding(fetch_added));
    assert!(found.exhaustive() && !found.failed());
    assert_eq!(found.depth_first.run, 19);
}

#[test]
fn two_clients_that_get_and_put_lose_one_in_343_of_518_schedules_and_by_one_request_in_none_of_51()
{
    let found = explored(|| assert_eq!(two_append(Append::GetAndPut), 2));
    assert!(found.exhaustive());
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (343, 518));
    let found = explored(|| assert_eq!(two_append(Append::OneRequest), 2));
    assert!(found.exhaustive() && !found.failed());
    assert_eq!(found.depth_first.run, 51);
}

#[test]
fn a_parent_that_joins_first_deadlocks_in_every_schedule() {
    let found = explored(|| ten_numbers(true));
    assert!(found.exhaustive());
    assert_eq!(found.depth_first.finished(), 0);
}

#[test]
fn each_outcome_that_a_model_may_have_it_has_in_some_schedule() {
    fn both<T: PartialEq + Send + 'static>(
        run: impl Fn() -> T + Send + Sync + 'static,
        outcomes: [T; 2],
    ) {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let sees = Arc::clone(&seen);
        let found = explored(move || {
            let outcome = run();
            let mut seen = sees.lock().expect("nobody panics with it");
            if !seen.contains(&outcome) {
                seen.push(outcome);
            }
        });
        assert!(!found.failed(), "{found:?}");
        let seen = seen.lock().expect("nobody panics with it");
        assert!(outcomes.iter().all(|outcome| seen.contains(outcome)), "{found:?}");
    }
    // The next owner had the lock before the death, or was told of it.
    both(one_dies, [[0, 0], [1, 1]]);
    both(|| crowd(Some(2)), [1, 2]);
}
