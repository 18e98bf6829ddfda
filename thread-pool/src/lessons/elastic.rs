//! The lesson `elastic`.

use std::time::Duration;

use stage::{Lesson, Variant, expect};
use thread_pool::elastic::{Burst, Sizes, burst, one_by_one, shrinks};

use super::text::{self, line, time};

const SIZES: Sizes = Sizes {
    core: 2,
    maximum: 4,
    bound: 3,
    keep_alive: Duration::from_millis(20),
    reuses_idle: false,
};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("elastic", "core size, maximum size, keep-alive: when a pool grows and shrinks")
        .story("All threads are busy: a task gets a core thread, a place, or one thread more.")
        .source("thread-pool/src/elastic.rs")
        .python("on_demand")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    let no_bound = Sizes { bound: usize::MAX, ..SIZES };
    let on_demand = Sizes { core: 4, reuses_idle: true, ..no_bound };
    let cached = Sizes { core: 0, maximum: usize::MAX, bound: 0, ..SIZES };
    let all = |sizes, tasks, threads, said: &str| {
        let out = burst(sizes, tasks).map_err(line)?;
        expect((out.begun.len(), out.queued, out.run), (threads, tasks - threads, tasks), said)
    };
    [
        Variant::holds("core-queue-more", || {
            let wanted = Burst { begun: vec![1, 2, 6, 7], queued: 3, run: 7 };
            let said = "2 + 3 queued + 2 more; then rejected";
            Ok(text::expect(burst(SIZES, 8), wanted, said)?
                .fact("tasks 1 to 2", "a core thread each")
                .fact("3 to 5", "in the queue")
                .fact("6 to 7", "a thread each, ahead of the queue")
                .fact("8", "rejected: the queue and the pool are full"))
        })
        .story("Core threads first, then the queue; a task that finds it full starts one more."),
        Variant::breaks("unbounded-queue", move || {
            all(no_bound, 100, 2, "100 tasks, 2 threads: maximum not reached")
        })
        .story("A queue without a bound is never full, so no thread beyond the core is started."),
        Variant::breaks("cached", move || {
            all(cached, 50, 50, "50 tasks, 50 threads: one for each again")
        })
        .story("No queue and no maximum (Java's cached pool): a thread more where none is idle."),
        Variant::holds("keep-alive", || {
            let (threads, idle) = shrinks(SIZES).map_err(line)?;
            let said = "4 threads, then 2; in the next burst 4";
            let report = expect((threads, idle >= SIZES.keep_alive), ([4, 2, 4], true), said)?;
            Ok(report.fact("idle before they ended", time(idle)))
        })
        .story("A thread beyond the core that is idle for the keep-alive ends; the core stays."),
        Variant::holds("on-demand", move || {
            let said = "at once: 4 threads, 5 queued; one by one: 1 thread";
            let started = [on_demand, SIZES].map(|sizes| one_by_one(sizes, 10).map_err(line));
            expect(started, [Ok(1), Ok(2)], said)?;
            let report = all(on_demand, 9, 4, said)?;
            Ok(report.fact("core first, one by one", "2 threads, though one was idle"))
        })
        .story("CPython's rule: an idle thread, or a new one up to the maximum, or the queue."),
    ]
}
