//! Every schedule is every schedule, and what cannot be exhausted is said to be sampled.

use shuttle::sync::atomic::{AtomicU32, Ordering::SeqCst};
use shuttle::sync::{Arc, Mutex};
use shuttle::thread;
use stage::{Bound, Why, explore, model, replay};

/// Two threads add 1 by a load and a store, so that one addition may be lost.
fn lost_update() {
    let count = Arc::new(AtomicU32::new(0));
    let threads = [(); 2].map(|()| {
        let count = Arc::clone(&count);
        thread::spawn(move || count.store(count.load(SeqCst) + 1, SeqCst))
    });
    threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
    assert_eq!(count.load(SeqCst), 2, "an update is lost");
}

fn many_schedules() {
    let lock = Arc::new(Mutex::new(0));
    let threads = [(); 3].map(|()| {
        let lock = Arc::clone(&lock);
        thread::spawn(move || (0..3).for_each(|_| *lock.lock().expect("not poisoned") += 1))
    });
    threads.into_iter().for_each(|thread| thread.join().expect("it does not panic"));
}

#[test]
fn a_lost_update_is_found_and_counted_in_all_schedules() {
    let found = explore(&Bound::default(), &model(lost_update));
    assert!(found.exhaustive());
    assert!(
        0 < found.depth_first.panicked && found.depth_first.panicked < found.depth_first.run,
        "{found:?}"
    );
    let shortest = found.shortest.expect("some schedule loses an update");
    assert!(
        matches!(&shortest.why, Why::Panic(said) if said.contains("an update is lost")),
        "{:?}",
        shortest.why
    );
}

#[test]
fn the_same_schedule_fails_in_the_same_way_again() {
    let model = model(lost_update);
    let shortest =
        explore(&Bound::default(), &model).shortest.expect("some schedule loses an update");
    for _ in 0..3 {
        let (_, why) = replay(&shortest.schedule, &model).expect("it is one of its schedules");
        assert_eq!(why.as_ref(), Some(&shortest.why));
    }
}

#[test]
fn a_schedule_of_another_model_is_refused() {
    let model = model(lost_update);
    let more = explore(&Bound::default(), &model)
        .shortest
        .expect("some schedule loses an update")
        .schedule
        + "0";
    for schedule in ["", "0", "05", "x!", "0.x", "00000000000000000000000", &more] {
        assert!(replay(schedule, &model).is_err(), "{schedule}");
    }
}

#[test]
fn a_space_that_is_too_large_is_bounded_and_sampled() {
    let bound = Bound { schedules: 100, random: 50, ..Bound::default() };
    let found = explore(&bound, &model(many_schedules));
    assert!(!found.exhaustive());
    assert_eq!((found.depth_first.run, found.failed()), (100, false));
    let (few, random) = found.beyond.expect("there is more");
    assert_eq!((few.run, random.run), (100, 50));
}

#[test]
fn the_bound_is_exact() {
    let all = explore(&Bound::default(), &model(lost_update)).depth_first.run;
    let just_enough = Bound { schedules: all, ..Bound::default() };
    assert!(explore(&just_enough, &model(lost_update)).depth_first.whole());
    let one_too_few = Bound { schedules: all - 1, ..Bound::default() };
    assert!(!explore(&one_too_few, &model(lost_update)).depth_first.whole());
}

#[test]
fn a_seed_draws_the_same_sample() {
    let sample = |seed| {
        let bound = Bound { schedules: 1, preemptions: 0, random: 30, seed, ..Bound::default() };
        explore(&bound, &model(lost_update)).beyond.map(|(_, random)| random.panicked)
    };
    assert_eq!(sample(7), sample(7));
}

#[test]
fn each_preemption_more_allows_more_schedules() {
    let few = |preemptions| {
        let bound = Bound { schedules: 1000, preemptions, random: 1, ..Bound::default() };
        explore(&bound, &model(many_schedules)).beyond.map(|(few, _)| few.run)
    };
    assert!(
        few(0) < few(1),
        "each preemption more allows more schedules: {:?}, {:?}",
        few(0),
        few(1)
    );
}

#[test]
fn schedules_that_never_end_are_cut_off_and_counted() {
    let found = explore(
        &Bound { schedules: 1000, random: 5, ..Bound::default() },
        &model(|| {
            let flag = Arc::new(AtomicU32::new(0));
            let other = Arc::clone(&flag);
            let spins = thread::spawn(move || while other.load(SeqCst) == 0 {});
            flag.store(1, SeqCst);
            spins.join().expect("it does not panic");
        }),
    );
    assert!(found.depth_first.cut > 0, "{found:?}");
    assert!(!found.failed());
    assert!(!found.exhaustive(), "what was cut off was not seen to its end");
}

#[test]
fn a_deadlock_is_told_from_a_panic() {
    let found = explore(
        &Bound::default(),
        &model(|| {
            let lock = Mutex::new(());
            let _held = lock.lock();
            drop(lock.lock());
        }),
    );
    assert_eq!((found.depth_first.deadlocked, found.depth_first.panicked), (1, 0));
    assert_eq!(found.shortest.map(|failing| failing.why), Some(Why::Deadlock));
}

#[test]
fn explorations_on_several_threads_at_once_all_see_every_step() {
    let threads = [(); 8].map(|()| {
        std::thread::spawn(|| {
            let said = model(|| {
                tracing::info!("one");
                tracing::info!("two");
                panic!("three");
            });
            explore(&Bound::default(), &said).shortest.expect("the only schedule fails").steps.len()
        })
    });
    assert_eq!(threads.map(|thread| thread.join().expect("it does not panic itself")), [2; 8]);
}
