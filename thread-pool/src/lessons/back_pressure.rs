//! The lesson `back-pressure`.

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_pool::BuildError;
use thread_pool::back_pressure::{
    Plan, Pressure, abort, block, caller_runs, discard, discard_oldest, unbounded,
};

use super::text::{count, line, mebibytes, time};

#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// How many tasks the queue holds where it has a bound, 1 to 100
    #[arg(long, value_name = "N", default_value_t = 8,
          value_parser = clap::value_parser!(u8).range(1..=100))]
    bound: u8,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("back-pressure", "tasks that come faster than they are run")
        .story("1000 tasks of 16 KiB for two workers, held at a gate until the queue is full.")
        .source("thread-pool/src/back_pressure.rs")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 6] {
    let plan = Plan { tasks: 1000, workers: 2, bound: options.bound.into(), bytes: 16 * 1024 };
    let Plan { tasks, workers, bound, .. } = plan;
    // Each worker has one, the queue is full, and the producer has one in its hands.
    let most = workers + bound + 1;
    [
        Variant::breaks("unbounded", move || {
            checked(unbounded(plan), plan, |out| {
                let all = out.queued == tasks - workers && out.most_alive == tasks;
                all.then(|| format!("grew to {} tasks: all that had not begun", out.queued))
            })
        })
        .story("The queue has no bound: it holds all that has not begun, and slows nothing down."),
        Variant::holds("block", move || {
            checked(block(plan), plan, |out| {
                (out.most_alive == most && out.by_workers == tasks)
                    .then(|| format!("the producer waits: never more than {most} tasks exist"))
            })
        })
        .story("The queue is bounded and blocks: the producer waits until a worker takes a task."),
        Variant::holds("abort", move || {
            checked(abort(plan), plan, |out| {
                let back = count(out.handed_back, "task");
                (out.most_alive == most && out.never_run.len() == out.handed_back)
                    .then(|| format!("{back} rejected: never more than {most} tasks exist"))
            })
        })
        .story("The queue is bounded and rejects: the producer gets the task back, as an error."),
        Variant::holds("caller-runs", move || {
            checked(caller_runs(plan), plan, |out| {
                let own = out.by_producer;
                (out.most_alive == most && own > 0)
                    .then(|| format!("the producer runs {own}: never more than {most} tasks exist"))
            })
        })
        .story("The queue is bounded; a task that finds no room is run by the producer itself."),
        Variant::holds("discard", move || {
            checked(discard(plan), plan, |out| {
                let newest = out.never_run.iter().copied().eq(workers + bound + 1..=tasks);
                (newest && out.handed_back == 0).then(|| {
                    format!("the newest {} are lost, and nobody is told", out.never_run.len())
                })
            })
        })
        .story("A task that finds the queue full is dropped, and the producer is not told."),
        Variant::holds("discard-oldest", move || {
            checked(discard_oldest(plan), plan, |out| {
                let oldest = out.never_run.iter().copied().eq(workers + 1..=tasks - bound);
                (oldest && out.handed_back == 0).then(|| {
                    format!("{} older ones are lost, and nobody is told", out.never_run.len())
                })
            })
        })
        .story("The oldest queued task is dropped to make room: for readings, the newest counts."),
    ]
}

/// Reports, if each task is accounted for once, and what the variant promises has come about.
fn checked(
    out: Result<Pressure, BuildError>,
    plan: Plan,
    said: impl FnOnce(&Pressure) -> Option<String>,
) -> Checked {
    let out = out.map_err(line)?;
    let all = out.by_workers + out.by_producer + out.never_run.len() == plan.tasks;
    let said =
        said(&out).filter(|_| all).ok_or_else(|| format!("of {} tasks: {out:?}", plan.tasks))?;
    let (stay, rate) = (time(out.little.stay), grouped(out.little.rate as i64));
    let law = format!("Little's law: {:.1} = {rate}/s × {stay}", out.little.average);
    let data = (out.most_alive * plan.bytes) as f64 / f64::from(1 << 20);
    let more = out.system.map(mebibytes).unwrap_or_default();
    let seen = more.strip_suffix(" MiB").map(|more| format!("+{more} seen; "));
    Ok(Report::new(said).fact(format!("{data:.1} MiB"), seen.unwrap_or_default() + &law))
}
