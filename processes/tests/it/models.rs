//! What the models show, in all schedules that differ.

use std::fmt::Debug;

use processes::fork_with_threads::model::{Child, by_zygote, lock_first, lock_held, spawned};
use processes::zombie::Handler;
use processes::zombie::model::zombies;
use stage::{Bound, explore, outcomes};

/// Returns in how many schedules that differ `right` comes out, and in how many something else.
fn count<T>(right: T, model: impl Fn() -> T + Send + Sync + 'static) -> (usize, usize)
where
    T: Debug + PartialEq + Send + Sync + 'static,
{
    let bound = Bound { plain: Some(500), ..Bound::default() };
    let found = explore(&bound, &outcomes(vec![right], model));
    assert!(found.differ.whole());
    (found.differ.finished(), found.differ.failed())
}

#[test]
fn a_fork_finds_the_lock_held_in_one_of_three_schedules_and_no_fix_does() {
    assert_eq!(count(Child::Acquires, lock_held), (2, 1));
    for (fix, schedules) in [(spawned as fn() -> _, 1), (by_zygote, 1), (lock_first, 7)] {
        assert_eq!(count(Child::Acquires, fix), (schedules, 0));
    }
}

#[test]
fn a_handler_that_waits_once_leaves_a_zombie_and_one_that_loops_none() {
    assert_eq!(count(0, || zombies(Handler::WaitsOnce)), (12, 6));
    assert_eq!(count(0, || zombies(Handler::Loops)), (22, 0));
}
