//! The lesson `back-pressure`: without a bound all tasks are there at once; with one never more
//! than it says, whatever becomes of the rest.

use thread_pool::back_pressure::{Outcome, Plan, block, refuse, run_in_caller, unbounded};

/// Of several sizes, that of a queue with room for one among them.
const PLANS: [Plan; 4] = [
    Plan { tasks: 50, workers: 1, bound: 1, bytes: 1 },
    Plan { tasks: 50, workers: 2, bound: 8, bytes: 1_000 },
    Plan { tasks: 300, workers: 4, bound: 3, bytes: 10 },
    Plan { tasks: 5, workers: 1, bound: 3, bytes: 0 },
];

fn each(
    run: impl Fn(Plan) -> Result<Outcome, thread_pool::BuildError>,
    check: impl Fn(Plan, Outcome),
) {
    for plan in PLANS {
        check(plan, run(plan).expect("the system has room for a few threads"));
    }
}

checks::within_a_minute! {
#[test]
fn without_a_bound_the_queue_holds_everything_that_nobody_has_begun() {
    each(unbounded::run, |plan, outcome| {
        assert_eq!(outcome.queued, plan.tasks - plan.workers, "{outcome:?}");
        assert_eq!(outcome.most_alive, plan.tasks, "{outcome:?}");
        assert_eq!(outcome.by_workers, plan.tasks, "all are run in the end: {outcome:?}");
    });
}

#[test]
fn a_producer_that_is_blocked_has_one_task_in_its_hands_and_loses_none() {
    each(block::run, |plan, outcome| {
        assert_eq!(outcome.queued, plan.bound, "{outcome:?}");
        assert_eq!(outcome.most_alive, plan.workers + plan.bound + 1, "{outcome:?}");
        assert_eq!((outcome.by_workers, outcome.by_producer, outcome.handed_back), (plan.tasks, 0, 0));
    });
}

#[test]
fn a_producer_that_is_refused_gets_back_exactly_what_finds_no_room() {
    each(refuse::run, |plan, outcome| {
        let room = plan.workers + plan.bound;
        assert_eq!(outcome.queued, plan.bound, "{outcome:?}");
        assert_eq!(outcome.most_alive, room + 1, "{outcome:?}");
        assert_eq!((outcome.by_workers, outcome.handed_back), (room, plan.tasks - room));
    });
}

#[test]
fn a_producer_that_runs_what_finds_no_room_loses_none_and_adds_none_meanwhile() {
    each(run_in_caller::run, |plan, outcome| {
        assert_eq!(outcome.queued, plan.bound, "{outcome:?}");
        assert_eq!(outcome.most_alive, plan.workers + plan.bound + 1, "{outcome:?}");
        assert!(outcome.by_producer > 0, "{outcome:?}");
        assert_eq!(outcome.by_workers + outcome.by_producer, plan.tasks, "{outcome:?}");
    });
}

#[test]
fn littles_law_holds_in_every_form() {
    for run in [unbounded::run, block::run, refuse::run, run_in_caller::run] {
        each(run, |_, outcome| {
            let little = outcome.little;
            let product = little.rate * little.stay.as_secs_f64();
            // The one side is added up moment by moment, the other task by task. A nanosecond is
            // lost in the division.
            let off = (little.average - product).abs() / little.average;
            assert!(little.average > 0.0 && off < 1e-3, "{little:?}");
        });
    }
}
}

#[test]
fn pythons_pool_has_no_bound_for_its_queue() {
    let script = "import threading; from concurrent.futures import ThreadPoolExecutor
gate, begun = threading.Event(), threading.Event()
with ThreadPoolExecutor(1) as pool:
    pool.submit(lambda: (begun.set(), gate.wait()))
    begun.wait()
    for _ in range(1000):
        pool.submit(int)
    print(pool._work_queue.qsize())
    gate.set()";
    if let Some(said) = checks::python(script) {
        assert_eq!(said, "1000");
    }
}
