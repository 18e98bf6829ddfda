//! One counter that all threads change, as the lesson `lost-update` does it.

use std::time::Instant;

use bench::curve::{Curve, Unit};
use thread_safety::real::lane::SyncPoint;
use thread_safety::real::lost_update::{self, atomic, compare_exchange, mutex, sharded};

use super::{Plan, Round};

pub(super) const NAME: &str = "scale/counters";

fn contender(test: bool, run: fn(&lost_update::Plan) -> i64) -> Round<'static> {
    // The start of the threads is in the time, and has to be little of it.
    let updates = if test { 100 } else { 1_000_000 };
    Box::new(move |threads| {
        let point = SyncPoint::open(threads as usize);
        let plan = lost_update::Plan::new(vec![1; threads as usize], updates, point);
        let begun = Instant::now();
        let sum = run(&plan);
        let took = begun.elapsed();
        assert_eq!(sum, plan.sum(), "an update is lost");
        Ok(sum as f64 / took.as_secs_f64())
    })
}

pub(super) fn curves(plan: &Plan, curves: &mut Vec<Curve>) {
    let contenders = vec![
        ("mutex", contender(plan.test, mutex)),
        ("atomic", contender(plan.test, atomic)),
        ("compare-exchange", contender(plan.test, compare_exchange)),
        ("sharded", contender(plan.test, sharded)),
    ];
    let axis = (NAME, "updates", "threads", Unit::PerSecond);
    plan.curve(curves, axis, &plan.threads, contenders);
}
