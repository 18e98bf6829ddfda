//! The lesson `elastic`.

use std::time::Duration;

use stage::{Checked, Lesson, Variant, expect};
use thread_pool::elastic::{Burst, Sizes, burst, one_by_one, shrinks};

use super::text::{count, line, time};

#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// How many core threads the pool has, 1 to 3
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(1..=3))]
    core: u8,
    /// How many threads it has at the most, 4 to 16
    #[arg(long, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u8).range(4..=16))]
    maximum: u8,
    /// How many tasks the queue holds where it has a bound, 1 to 20
    #[arg(long, value_name = "N", default_value_t = 3,
          value_parser = clap::value_parser!(u8).range(1..=20))]
    bound: u8,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("elastic", "core size, maximum size, keep-alive: when a pool grows and shrinks")
        .story(
            "Tasks are submitted while all threads are busy, at a gate. Each gets a core thread, a \
             place in the queue, one more thread, or is rejected: in that order.",
        )
        .source("thread-pool/src/elastic.rs")
        .python("on_demand")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 5] {
    let sizes = Sizes {
        core: options.core.into(),
        maximum: options.maximum.into(),
        bound: options.bound.into(),
        keep_alive: Duration::from_millis(20),
        reuses_idle: false,
    };
    let Sizes { core, maximum, .. } = sizes;
    let no_bound = Sizes { bound: usize::MAX, ..sizes };
    let on_demand = Sizes { core: maximum, reuses_idle: true, ..no_bound };
    let cached = Sizes { core: 0, maximum: usize::MAX, bound: 0, ..sizes };
    [
        Variant::holds("core-queue-more", move || in_order(sizes)).story(
            "Each task starts a core thread; then the queue fills; only a task that finds it full \
             starts one more thread, which runs that task before those that were queued earlier.",
        ),
        Variant::breaks("unbounded-queue", move || {
            let out = burst(no_bound, 100).map_err(line)?;
            let said = format!("100 tasks, {}: the maximum is never reached", count(core, "thread"));
            expect((out.begun.len(), out.queued, out.run), (core, 100 - core, 100), said)
        })
        .story("A queue without a bound is never full, so no thread beyond the core is started."),
        Variant::breaks("cached", move || {
            let out = burst(cached, 50).map_err(line)?;
            let said = "50 tasks, 50 threads: a thread for each task again";
            expect((out.begun.len(), out.queued, out.run), (50, 0, 50), said)
        })
        .story(
            "No queue and no maximum (Java's cached pool): whenever no thread is idle, one more is \
             started.",
        ),
        Variant::holds("keep-alive", move || shrunk(sizes)).story(
            "A thread beyond the core that has been idle for the keep-alive ends; the core stays, \
             and the pool grows again.",
        ),
        Variant::holds("on-demand", move || {
            let out = burst(on_demand, maximum + 5).map_err(line)?;
            let [reusing, core_first] = [on_demand, sizes].map(|sizes| one_by_one(sizes, 10));
            let started = (reusing.map_err(line)?, core_first.map_err(line)?);
            let said = format!("at once: {maximum} threads, 5 tasks queued; one by one: 1 thread");
            let report = expect((out.begun.len(), out.queued, started), (maximum, 5, (1, core)), said)?;
            let other = format!("{}, though one was idle", count(core, "thread"));
            Ok(report.fact("core first, one by one", other))
        })
        .story(
            "CPython's rule: an idle thread is reused; else one is started, up to the maximum; then \
             tasks are queued. None ends before the shutdown.",
        ),
    ]
}

/// Reports, if tasks came to core threads, into the queue, to more threads and nowhere, in this order.
fn in_order(sizes: Sizes) -> Checked {
    let Sizes { core, maximum, bound, .. } = sizes;
    let (full, tasks) = (core + bound, maximum + bound + 1);
    let begun = (1..=core).chain(full + 1..tasks).collect();
    let said = format!("{core} + {bound} queued + {} more; then rejected", maximum - core);
    let out = burst(sizes, tasks).map_err(line)?;
    Ok(expect(out, Burst { begun, queued: bound, run: tasks - 1 }, said)?
        .fact(format!("tasks 1 to {core}"), "a core thread each")
        .fact(format!("{} to {full}", core + 1), "in the queue")
        .fact(format!("{} to {}", full + 1, tasks - 1), "a thread each, ahead of the queue")
        .fact(format!("{tasks}"), "rejected: the queue is full, and so is the pool"))
}

fn shrunk(sizes: Sizes) -> Checked {
    let Sizes { core, maximum, keep_alive, .. } = sizes;
    let (threads, idle) = shrinks(sizes).map_err(line)?;
    let [most, left, again] = threads;
    let idle = idle.filter(|idle| *idle >= keep_alive);
    let idle = idle.ok_or_else(|| format!("of {most} threads {left} are left, too early"))?;
    let said = format!("{most} threads, then {left}; in the next burst {again}");
    let report = expect(threads, [maximum, core, maximum], said)?;
    Ok(report.fact("idle before they ended", time(idle)))
}
