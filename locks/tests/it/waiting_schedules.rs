//! What a model checker says of the lessons on what is shared or waited at: broken forms fail in
//! some schedule, the others in none.

use std::time::Duration;

use locks::Cues;
use locks::model::{barrier, condvar, event, latch, rwlock, semaphore, sharded_rwlock};
use stage::{Bound, Explored, explore, model};

const NOW: Duration = Duration::ZERO;

fn explored<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    explore(&Bound { schedules: 3_000, random: 500, ..Bound::default() }, &model(run))
}

/// Says in how many schedules, of all there are, it fails.
fn of_all<T>(run: impl Fn() -> T + Send + Sync + 'static) -> (usize, usize) {
    let found = explore(&Bound::default(), &model(run));
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    (found.depth_first.deadlocked + found.depth_first.panicked, found.depth_first.run)
}

/// Fails in some schedule, in the way that the shortest one says.
fn fails<T>(run: impl Fn() -> T + Send + Sync + 'static) -> String {
    format!("{:?}", explored(run).shortest.expect("some schedule fails").why)
}

/// Fails in no schedule of few preemptions, nor in any of those drawn beyond.
fn holds<T>(run: impl Fn() -> T + Send + Sync + 'static) {
    let found = explored(run);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.counts().iter().all(|count| count.finished() > 0 && count.cut == 0), "{found:?}");
}

#[test]
fn a_reader_passes_a_writer_that_waits_if_the_lock_lets_it() {
    let passed = |done: rwlock::Done| {
        assert!(done.alone, "not alone");
        assert!(done.overtook == 0, "passed");
    };
    assert!(
        fails(move || passed(rwlock::reader_preferring::run(1, &Cues::none(), NOW)))
            .contains("passed")
    );
    holds(move || passed(rwlock::writer_preferring::run(1, &Cues::none(), NOW)));
}

#[test]
fn a_writer_of_one_shard_shows_half_a_change_in_350_of_1715_schedules() {
    let whole = |seen: [u32; 2]| assert!(seen[0] == seen[1], "half written");
    assert_eq!(
        of_all(move || whole(sharded_rwlock::own_shard::run(&Cues::none(), NOW))),
        (350, 1715)
    );
    holds(move || whole(sharded_rwlock::every_shard::run(&Cues::none(), NOW)));
}

#[test]
fn a_consumer_that_asks_once_finds_nothing_and_one_that_asks_again_never_does() {
    let all =
        |taken: Vec<Option<u32>>| assert!(taken.iter().all(Option::is_some), "nothing is there");
    assert!(
        fails(move || all(condvar::if_once::run(&Cues::none(), NOW))).contains("nothing is there")
    );
    holds(move || all(condvar::while_again::run(&Cues::none(), NOW)));
}

#[test]
fn a_wake_up_is_lost_in_22_of_66_schedules_and_in_none_of_46_under_the_lock() {
    assert_eq!(of_all(|| condvar::unlocked_flag::run(&Cues::none())), (22, 66));
    assert_eq!(of_all(|| condvar::locked_flag::run(&Cues::none(), NOW)), (0, 46));
}

#[test]
fn a_permit_too_many_lets_one_in_too_many_and_a_refused_one_does_not() {
    let one = |done: semaphore::Done| assert!(done.most_inside <= 1, "one too many");
    assert!(
        fails(move || one(semaphore::unbounded::run(1, &Cues::none(), NOW)))
            .contains("one too many")
    );
    holds(move || one(semaphore::bounded::run(1, &Cues::none(), NOW)));
    holds(move || one(semaphore::permits::run(1, &Cues::none(), NOW)));
}

#[test]
fn a_barrier_without_rounds_deadlocks_and_the_others_keep_in_step() {
    assert_eq!(fails(|| barrier::counter_alone::run(&Cues::none(), NOW)), "Deadlock");
    holds(|| assert!(barrier::round_number::run(&Cues::none(), NOW)));
    holds(|| {
        assert_eq!(
            barrier::looks_first::run(2, 1),
            barrier::looks_first::Done { out_of_step: 0, led: 1 }
        );
    });
}

#[test]
fn a_pulse_is_missed_in_11_of_6140_schedules_and_a_signal_that_stays_in_none() {
    assert_eq!(of_all(|| event::pulse::run(&Cues::none(), NOW)), (11, 6140));
    assert_eq!(of_all(|| event::auto_reset::run(&Cues::none(), NOW)), (0, 19031));
    assert_eq!(of_all(|| event::manual_reset::run(&Cues::none(), NOW)), (0, 2569));
}

#[test]
fn a_worker_that_registers_late_is_not_waited_for_in_25_of_845_schedules() {
    let all = |done: u32| assert!(done == 1, "too early");
    assert_eq!(of_all(move || all(latch::registered_late::run(1, &Cues::none(), NOW))), (25, 845));
    assert_eq!(of_all(move || all(latch::counted_first::run(1, &Cues::none(), NOW))), (0, 6139));
}
