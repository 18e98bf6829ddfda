//! What a model checker says of the interpreter's lock, and of what runs under it.

use std::sync::Arc;
use std::time::Duration;

use stage::{Bound, Explored, explore, model};
use threads_basics::bytecode::{Op, count, count_locked};
use threads_basics::gauge::Gauge;
use threads_basics::model::gil::{Counts, Gil, Guard, Looks, Plan, Values, run};

fn explored<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    // The counts that are asked for are of those that differ, or of those of few preemptions.
    let bound = Bound { schedules: 1_500, plain: Some(0), random: 500, ..Bound::default() };
    explore(&bound, &model(run))
}

/// Explores a program that adds 1 once on two threads.
fn added(program: Vec<Op>, looks: Looks) -> Explored {
    let found = explored(move || {
        let guard = Guard::Gil { interval: None, looks };
        let programs = vec![program.clone(); 2];
        let (values, input) = (Values::Numbers, Duration::ZERO);
        let ran = run(&Plan { programs, guard, values, input, told: false });
        assert_eq!(ran.most_inside, 1, "one at a time");
        assert_eq!(ran.count, 2);
    });
    assert!(found.counts().iter().all(|count| count.deadlocked == 0), "{found:?}");
    found
}

/// Returns how many schedules of few preemptions fail, of how many.
fn failing(program: Vec<Op>) -> (usize, usize) {
    let found = added(program, Looks::EveryOpcode);
    let (few, random) = found.beyond.expect("there are more schedules than that");
    assert!(few.all && few.cut == 0, "{few:?}");
    assert!(few.panicked > 0 || random.panicked == 0, "those drawn disagree: {random:?}");
    (few.panicked, few.run)
}

#[test]
fn an_update_is_lost_in_297_of_792_schedules_of_at_most_two_preemptions() {
    assert_eq!(failing(count(1)), (297, 792));
}

#[test]
fn a_lock_around_the_opcodes_loses_none_in_any_of_them() {
    assert_eq!(failing(count_locked(1)).0, 0);
}

#[test]
fn an_interpreter_that_looks_at_jumps_back_only_loses_none_in_any_schedule() {
    let found = added(count(1), Looks::JumpsBack);
    assert!(found.exhaustive() && !found.failed(), "{found:?}");
}

/// Returns whether counting the references to a constant goes wrong in some schedule of two threads
/// without the lock, each of which loads it once.
fn miscounts(counts: Counts) -> bool {
    let found = explored(move || {
        let programs = vec![vec![Op::LoadConst(7), Op::Return]; 2];
        let (guard, values) = (Guard::Nothing, Values::Objects(counts));
        let ran = run(&Plan { programs, guard, values, input: Duration::ZERO, told: false });
        assert_eq!((ran.results, ran.references), (vec![7, 7], 0));
    });
    found.failed()
}

#[test]
fn without_the_lock_plain_counts_of_references_go_wrong_and_atomic_and_biased_ones_do_not() {
    let all = [Counts::Plain, Counts::Atomic, Counts::Biased];
    assert_eq!(all.map(miscounts), [true, false, false]);
}

#[test]
fn in_every_schedule_one_thread_has_the_lock_and_the_asked_one_goes_on_when_another_has_had_it() {
    let found = explored(|| {
        let (gil, inside) = (Arc::new(Gil::new(None)), Arc::new(Gauge::default()));
        let (gil2, inside2) = (Arc::clone(&gil), Arc::clone(&inside));
        let other = shuttle::thread::spawn(move || {
            gil2.acquire(2);
            inside2.enter();
            shuttle::thread::yield_now();
            inside2.leave();
            gil2.release(2);
        });
        gil.acquire(1);
        inside.enter();
        let asked = gil.wanted();
        inside.leave();
        gil.release(1);
        if asked {
            assert_eq!(gil.switches(), 1);
        }
        other.join().expect("it takes a lock");
        assert_eq!(inside.most(), 1);
    });
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
}
