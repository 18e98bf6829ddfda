//! What the lessons promise beyond what their variants assert: other sizes, exact counts of
//! schedules, the cycles that are found, what the system refuses.

use std::process::Command;
use std::thread::Builder;
use std::time::Duration;

use kit::sync_point::SyncPoint;
use stage::{Bound, End, Explored, explore, model};
use thread_pool::back_pressure::{self, Plan};
use thread_pool::model::{cancel_race, nested as modelled};
use thread_pool::sizing::{self, Task};
use thread_pool::unbounded;

const ROOM: &str = "the system has room for some threads";

fn explored<T: Send + Sync + 'static>(run: impl Fn() -> T + Send + Sync + 'static) -> Explored {
    explore(&Bound::default(), &model(run))
}

/// Does not count the schedules that differ in nothing.
fn sampled(run: fn() -> [u32; 2]) -> Explored {
    let bound = Bound { schedules: 2_000, plain: Some(1), random: 500, ..Bound::default() };
    explore(&bound, &model(move || assert_eq!(run(), [11, 22])))
}

fn fated(fate: cancel_race::Fate) -> bool {
    matches!(fate, cancel_race::Fate::Ran | cancel_race::Fate::Cancelled)
}

/// Returns the cycle in which a variant deadlocks.
fn cycle(lesson: &str, variant: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_thread-pool"));
    let deadline = Duration::from_secs(60);
    let seen = stage::watch(command.arg(lesson), variant, deadline).expect("the binary was built");
    match seen.end {
        End::Deadlocked(cycle) => cycle.to_string(),
        other => panic!("it did not deadlock: {other:?}; {}", seen.complaint),
    }
}

#[test]
fn a_task_or_callback_that_waits_for_what_only_its_own_worker_can_run_is_a_cycle() {
    assert_eq!(cycle("callback", "waits"), "w1 → task 2 → w1");
    let below = cycle("nested", "below");
    assert!(["w1 → outer → w1", "w2 → outer → w2"].contains(&&*below), "{below}");
    let output =
        checks::run(env!("CARGO_BIN_EXE_thread-pool"), &["nested", "--variant", "channel"]);
    let said = checks::fits(&output, "80");
    for wanted in ["deadlock", "waits for inner 1", "waits for inner 2"] {
        assert!(said.contains(wanted), "no {wanted:?} in: {said}");
    }
}

#[test]
fn a_task_that_is_checked_and_then_taken_is_run_and_cancelled_in_30_of_59_schedules() {
    let found = explored(|| assert!(fated(cancel_race::looked_first(SyncPoint::none()))));
    assert!(found.exhaustive(), "these were not all schedules: {:?}", found.depth_first);
    let found = found.depth_first;
    assert_eq!((found.panicked, found.deadlocked, found.run), (30, 0, 59));
}

#[test]
fn a_task_that_is_taken_by_a_compare_and_swap_is_run_or_cancelled_in_all_19_schedules() {
    let found = explored(|| assert!(fated(cancel_race::one_step(SyncPoint::none()))));
    assert!(found.exhaustive() && !found.failed(), "{:?}", found.shortest);
    assert_eq!(found.depth_first.run, 19);
}

#[test]
fn the_model_checker_finds_where_a_pool_that_does_not_help_stops_and_nowhere_on_one_that_does() {
    let found = sampled(modelled::waits);
    assert!(found.differ.all && found.differ.deadlocked == found.differ.run, "{found:?}");
    let found = sampled(modelled::helps);
    assert!(!found.failed(), "{:?}", found.shortest);
    assert!(found.counts().iter().all(|count| count.finished() > 0), "{found:?}");
}

#[test]
fn a_thread_that_the_system_refuses_is_an_error_and_those_that_were_started_end() {
    // No system has room for a stack of that size.
    let huge = |from| {
        move |task| {
            if task < from { Builder::new() } else { Builder::new().stack_size(1 << 60) }
        }
    };
    for first in [1, 6] {
        let refused = unbounded::per_task_on(10, huge(first)).expect_err("it is refused");
        assert_eq!((refused.started, refused.wanted), (first - 1, 10));
        let said = refused.to_string();
        let wanted = format!("the system refused thread {first} of 10: ");
        assert!(said.starts_with(&wanted), "{said}");
        assert!(std::error::Error::source(&refused).is_some());
    }
}

#[test]
fn the_rule_gives_a_worker_a_core_to_tasks_that_compute_more_if_they_wait_and_no_bound_if_that_is_all()
 {
    let [computes, both, waits] = [(100, 0), (1_000, 1), (0, 1)]
        .map(|(steps, wait)| Task { steps, wait: Duration::from_secs(wait) });
    assert_eq!((computes.rule(2), computes.rule(64)), (Some(2), Some(64)));
    assert!(both.rule(2).is_some_and(|workers| workers > 2), "{:?}", both.rule(2));
    assert_eq!(waits.rule(2), None);
}

checks::within_a_minute! {
    #[test]
    fn a_pool_of_any_size_runs_as_many_tasks_at_once_as_it_has_workers() {
        for (tasks, workers) in [(1, 1), (64, 1), (64, 7), (2, 16), (0, 3)] {
            for (steps, wait) in [(0, Duration::from_micros(100)), (100, Duration::ZERO)] {
                let point = sizing::run(Task { steps, wait }, tasks, workers).expect(ROOM);
                assert_eq!((point.workers, point.most, point.run), (workers, workers, tasks));
            }
            let used = unbounded::pooled(tasks, workers).expect(ROOM);
            assert!(used.most_alive <= workers, "{used:?}");
        }
        for (tasks, wanted) in [(1, vec![1]), (3, vec![1, 3]), (80, vec![10, 20, 40, 80])] {
            let points = unbounded::curve(tasks, 3).map(|point| point.expect(ROOM));
            assert_eq!(points.map(|[each, _]| each.most_alive).collect::<Vec<_>>(), wanted);
        }
        for (limit, wanted) in [(1, vec![1]), (2, vec![1, 2]), (20, vec![1, 2, 4, 8, 16, 20])] {
            let points = sizing::curve(Task { steps: 100, wait: Duration::ZERO }, 10, limit);
            let points: Vec<_> = points.map(|point| point.expect(ROOM)).collect();
            assert!(points.iter().all(|point| point.run == 30), "{points:?}");
            assert_eq!(points.iter().map(|point| point.workers).collect::<Vec<_>>(), wanted);
        }
    }

    #[test]
    fn a_queue_holds_its_bound_and_no_more_and_littles_law_holds_in_every_variant() {
        use back_pressure::{abort, block, caller_runs, discard, discard_oldest, unbounded};
        for (tasks, workers, bound) in [(50, 1, 1), (50, 2, 8), (300, 4, 3), (5, 1, 3)] {
            let (plan, room) = (Plan { tasks, workers, bound, bytes: tasks % 60 }, workers + bound);
            let outs = [unbounded, block, abort, caller_runs].map(|run| run(plan).expect(ROOM));
            assert_eq!(outs.each_ref().map(|out| out.queued), [tasks - workers, bound, bound, bound]);
            assert_eq!(outs.each_ref().map(|out| out.most_alive), [tasks, room + 1, room + 1, room + 1]);
            let [all, blocked, refused, own] = outs.each_ref().map(|out| out.by_workers);
            assert_eq!([all, blocked, refused], [tasks, tasks, room]);
            assert_eq!((outs[2].handed_back, own + outs[3].by_producer), (tasks - room, tasks));
            let lost = [discard, discard_oldest].map(|run| run(plan).expect(ROOM).never_run);
            let [newest, oldest] = [room + 1..=tasks, workers + 1..=tasks - bound];
            assert_eq!(lost, [newest, oldest].map(|numbers| numbers.collect::<Vec<_>>()));
            for little in outs.map(|out| out.little) {
                let product = little.rate * little.stay.as_secs_f64();
                // One side is added up moment by moment, the other task by task. A nanosecond is
                // lost in the division.
                let off = (little.average - product).abs() / little.average;
                assert!(little.average > 0.0 && off < 1e-3, "{little:?}");
            }
        }
    }
}
