//! What a model checker says: two steps lose an update in some schedule, one step in none.

use stage::{Bound, Explored, explore, model, replay};
use thread_safety::Window;
use thread_safety::model::lost_update::{Plan, atomic, racy};

fn plan(updates: u32) -> Plan {
    Plan { changes: [1, 1], updates, window: Window::told() }
}

/// Runs every schedule in which `run` makes that many increments on each thread, and asks what comes out.
fn explored(run: fn(&Plan) -> i64, updates: u32, asked: fn(i64) -> bool) -> Explored {
    let found = explore(
        &Bound::default(),
        &model(move || {
            let count = run(&plan(updates));
            assert!(asked(count), "the counter shows {count}");
        }),
    );
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    found
}

#[test]
fn two_increments_in_two_steps_lose_one_in_30_of_69_schedules() {
    // The model checker takes each operation as sequentially consistent: no stronger ordering helps.
    let found = explored(racy::run, 1, |count| count == 2);
    assert_eq!((found.depth_first.panicked, found.depth_first.run), (30, 69));
}

#[test]
fn the_shortest_loss_is_two_reads_before_two_writes_and_can_be_run_again() {
    let shortest = explored(racy::run, 1, |count| count == 2).shortest.expect("some schedule loses one");
    let steps: Vec<_> = shortest.steps.iter().map(|step| format!("{} {}", step.lane, step.did)).collect();
    assert_eq!(steps, ["t1 read 0", "t2 read 0", "t1 wrote 1", "t2 wrote 1"]);
    assert_eq!(shortest.why.to_string(), "the counter shows 1");
    let again = model(|| assert!(racy::run(&plan(1)) == 2, "the counter shows 1"));
    let (steps, why) = replay(&shortest.schedule, &again).expect("it is a schedule of this model");
    assert_eq!((steps, why), (shortest.steps, Some(shortest.why)));
}

#[test]
fn two_increments_in_one_step_each_lose_none_in_any_schedule() {
    assert!(!explored(atomic::run, 1, |count| count == 2).failed());
    assert!(!explored(atomic::run, 2, |count| count == 4).failed());
}

#[test]
fn of_four_increments_two_may_be_left_and_never_fewer() {
    assert!(!explored(racy::run, 2, |count| count >= 2).failed());
    assert!(explored(racy::run, 2, |count| count != 2).failed());
}
