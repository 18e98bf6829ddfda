//! The lessons, each with its forms: what runs for real, and what has to come out.

use std::time::Duration;

use stage::{Lesson, Report, Variant};
use thread_pool::unbounded::{BuildError, Outcome, expected, per_task, pooled};

mod back_pressure;
mod curves;
mod ends;
mod stealing;
mod tasks;

pub(crate) use back_pressure::back_pressure;
pub(crate) use curves::sizing;
pub(crate) use ends::{cancel, panic, shutdown};
pub(crate) use stealing::{nested, stealing};
pub(crate) use tasks::{callback, results, submit};

/// What `unbounded` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Unbounded {
    /// How many tasks there are, 1 to 10000
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u16).range(1..=10_000))]
    pub(crate) tasks: u16,
}

pub(crate) fn unbounded() -> Lesson {
    Lesson::new("unbounded", "a thread for each of thousands of tasks, beside a pool of four").story("Each thread waits at a gate until the last one is started; the lanes of some are drawn. Then the same tasks on a pool.").source("thread-pool/src/unbounded/").variants_with(unbounded_variants)
}

fn unbounded_variants(options: &Unbounded) -> Vec<Variant> {
    const WORKERS: usize = 4;
    let tasks = usize::from(options.tasks);
    // A thread is started in a fraction of this.
    let limit = Duration::from_secs(30) + Duration::from_millis(10) * u32::from(options.tasks);
    let per_task = move || {
        let outcome = checked(per_task::run(tasks), tasks)?;
        let line = format!("threads alive at once: {}, one for each task", outcome.most_alive);
        let all = outcome.most_alive == tasks
            && outcome.system.is_none_or(|[_, most]| most.threads >= tasks);
        if all { Ok(report(&outcome, line)) } else { Err(line) }
    };
    let pool = move || {
        let outcome = checked(pooled::run(tasks, WORKERS), tasks)?;
        let line = format!("threads alive at once: never more than {WORKERS}, for {tasks} tasks");
        if outcome.most_alive <= WORKERS {
            Ok(report(&outcome, line))
        } else {
            Err(format!("{} threads alive at once", outcome.most_alive))
        }
    };
    Vec::from([
        Variant::breaks("per-task", per_task)
            .story(
                "Each task is spawned on a thread of its own: as \
                     many threads are alive at once as there are tasks.",
            )
            .within(limit),
        Variant::holds("pool", pool)
            .story(
                "Four workers take the tasks from one queue, so \
                     that there are never more threads than workers.",
            )
            .within(limit),
        Variant::holds("curve", move || curves::unbounded(tasks, WORKERS))
            .story(
                "Both are run with an eighth, a quarter, half and all \
                     of the tasks: time, threads and memory at each size.",
            )
            .within(4 * limit),
    ])
}

/// Checks what both forms promise: every task was run exactly once, and the results are right.
pub(crate) fn checked(
    outcome: Result<Outcome, BuildError>,
    tasks: usize,
) -> Result<Outcome, String> {
    let outcome = outcome.map_err(|refused| refused.to_string())?;
    let others = outcome.runs.iter().filter(|&&runs| runs != 1).count();
    if others > 0 || outcome.runs.len() != tasks {
        return Err(format!("{others} tasks were not run exactly once"));
    }
    if outcome.sum != expected(tasks) {
        return Err(format!("the results add up to {}, not {}", outcome.sum, expected(tasks)));
    }
    Ok(outcome)
}

fn report(outcome: &Outcome, line: String) -> Report {
    let took = stage::duration(u64::try_from(outcome.took.as_nanos()).unwrap_or(u64::MAX));
    let report =
        Report::new(line).fact("took", took).fact("results add up to", outcome.sum.to_string());
    match outcome.system {
        Some([before, most]) => report
            .fact(
                "the system counts",
                format!("{} threads; {} before", most.threads, before.threads),
            )
            .fact(
                "memory",
                format!(
                    "{:.1} MiB more",
                    most.resident.saturating_sub(before.resident) as f64 / 1024.0
                ),
            ),
        None => report.fact("the system counts", "not shown here: there is no /proc"),
    }
}
