//! The lesson `back-pressure`.

use stage::{Checked, Lesson, Report, Variant, duration, grouped};
use thread_pool::back_pressure::{
    BuildError, Outcome, Plan, block, refuse, run_in_caller, unbounded,
};

/// What `back-pressure` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct BackPressure {
    /// How many tasks the queue holds where it has a bound, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u8).range(1..=100))]
    bound: u8,
}

pub(crate) fn back_pressure() -> Lesson {
    Lesson::new("back-pressure", "tasks that come faster than they are run")
        .story(
            "1000 tasks, with 16 KiB of data each, for two workers who stand at a gate until \
             the queue has shown what it does when it is full.",
        )
        .source("thread-pool/src/back_pressure/")
        .variants_with(back_pressure_variants)
}

fn back_pressure_variants(&options: &BackPressure) -> Vec<Variant> {
    let plan = Plan { tasks: 1000, workers: 2, bound: options.bound.into(), bytes: 16 * 1024 };
    let Plan { tasks, workers, bound, .. } = plan;
    // The workers have theirs, the queue is full, and the producer has one in its hands.
    let most = workers + bound + 1;
    Vec::from([
        Variant::breaks("unbounded", move || {
            shown(unbounded::run(plan), plan, |outcome| {
                let all = outcome.queued == tasks - workers && outcome.most_alive == tasks;
                all.then(|| {
                    format!("the queue grew to {} tasks: all that nobody had begun", outcome.queued)
                })
            })
        })
        .story(
            "The queue has no bound: the producer is never slowed \
                     down, and the queue holds all that is not begun.",
        ),
        Variant::holds("block", move || {
            shown(block::run(plan), plan, |outcome| {
                let bounded = outcome.most_alive == most && outcome.by_workers == tasks;
                bounded.then(|| format!("the producer waits: never more than {most} tasks there"))
            })
        })
        .story(
            "The queue is bounded and blocks: the producer \
                     waits until a worker takes a task out of it.",
        ),
        Variant::holds("refuse", move || {
            shown(refuse::run(plan), plan, |outcome| {
                let bounded = outcome.most_alive == most && outcome.by_workers == workers + bound;
                let back = outcome.handed_back;
                bounded.then(|| {
                    format!("{back} tasks handed back: never more than {most} tasks there")
                })
            })
        })
        .story(
            "The queue is bounded and rejects: a task that finds no \
                     room is handed back to the producer (abort policy).",
        ),
        Variant::holds("run-in-caller", move || {
            shown(run_in_caller::run(plan), plan, |outcome| {
                let bounded = outcome.most_alive == most && outcome.by_producer > 0;
                let own = outcome.by_producer;
                bounded
                    .then(|| format!("the producer runs {own}: never more than {most} tasks there"))
            })
        })
        .story(
            "The queue is bounded; a task that finds no room is \
                     run by the producer itself (caller-runs policy).",
        ),
    ])
}

/// Reports, if each task is accounted for once, and what the form promises has come about.
fn shown(
    outcome: Result<Outcome, BuildError>,
    plan: Plan,
    line: impl FnOnce(&Outcome) -> Option<String>,
) -> Checked {
    let outcome = outcome.map_err(|refused| refused.to_string())?;
    let all = outcome.by_workers + outcome.by_producer + outcome.handed_back == plan.tasks;
    let line = line(&outcome)
        .filter(|_| all)
        .ok_or_else(|| format!("of {} tasks: {outcome:?}", plan.tasks))?;
    let little = outcome.little;
    let stay = duration(u64::try_from(little.stay.as_nanos()).unwrap_or(u64::MAX));
    let rate = grouped(little.rate as i64);
    let law = format!("{:.1} tasks = {rate} a second × {stay} each", little.average);
    let data = (outcome.most_alive * plan.bytes) as f64 / f64::from(1 << 20);
    let seen = outcome.system.map(|[before, most]| {
        let more = most.resident.saturating_sub(before.resident) as f64 / 1024.0;
        format!("; the system counts +{more:.1} MiB")
    });
    let data = format!("{data:.1} MiB at most{}", seen.unwrap_or_default());
    Ok(Report::new(line).fact("their data", data).fact("Little's law", law))
}
