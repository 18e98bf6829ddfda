//! The lesson `shutdown`.

use process_pool::Pool;
use process_pool::model::shutdown::{self as model, End, Ends};
use process_pool::shutdown::{ShutdownCounts, TASKS, WORKERS, all, left, now, terminated};
use stage::{Checked, Lesson, Variant, expect};

use super::{observe, run};

const SIZE: &str = "2 workers, 2 tasks";
const ALL_DONE: [Ends; 1] = [Ends { done: 2, closed: 0 }];
/// Each task has a result, or its handle an error.
const NONE_LOST: [Ends; 3] =
    [Ends { done: 2, closed: 0 }, Ends { done: 1, closed: 1 }, Ends { done: 0, closed: 2 }];

pub(crate) fn lesson() -> Lesson {
    Lesson::new("shutdown", "what becomes of tasks when their pool ends, or the program does")
        .story(
            "Ten tasks, four workers. A task that runs is finished or killed; one that is queued \
             is run, or its handle gets an error.",
        )
        .source("process-pool/src/{shutdown,lesson_task}.rs")
        .python("shutdown")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    [
        Variant::breaks("left", || {
            run(left, |printed: Vec<String>| {
                let facts = printed.join("; ");
                let wanted = ["task 1 is at work", "main returns"].map(str::to_owned).to_vec();
                let line = "main returns: task 1 is cut off, 2 and 3 are lost";
                Ok(expect(printed, wanted, line)?.fact("the program printed", facts))
            })
        })
        .story("A pool in a static is never dropped: its workers end in the middle of a task.")
        .explored_for(SIZE, "", "lose a task", ALL_DONE, || model::run(End::Left)),
        Variant::holds("wait", || {
            let line = format!("shutdown returns when all {TASKS} are run");
            observe(|observer| all(observer, Pool::shutdown), |counts| done(counts, TASKS, line))
        })
        .story("shutdown waits until every queued and running task has a result.")
        .explored_for(SIZE, "", "lose a task", ALL_DONE, || model::run(End::Shutdown)),
        Variant::holds("drop", || {
            let line = format!("the drop ends when all {TASKS} are run");
            observe(|observer| all(observer, drop), |counts| done(counts, TASKS, line))
        })
        .story("The drop of a pool is a shutdown: it waits until every task has a result.")
        .explored_for(SIZE, "", "lose a task", ALL_DONE, || model::run(End::Shutdown)),
        Variant::holds("now", || {
            let queued = TASKS - WORKERS;
            let line =
                format!("the {WORKERS} that run are finished; {queued} get an error: closed");
            observe(now, |counts| done(counts, WORKERS, line))
        })
        .story("shutdown_now finishes what runs; the handles of queued tasks get an error.")
        .explored_for(SIZE, "", "lose a task", NONE_LOST, || model::run(End::Now)),
        Variant::holds("terminate", || {
            let line =
                format!("the {WORKERS} that run are killed; all {TASKS} get an error: closed");
            observe(terminated, |counts| done(counts, 0, line))
        })
        .story("terminate kills the workers, and every handle gets an error.")
        .explored_for(SIZE, "", "lose a task", NONE_LOST, || model::run(End::Terminate)),
    ]
}

fn done(counts: ShutdownCounts, done: usize, line: String) -> Checked {
    expect(counts, ShutdownCounts { done, closed: TASKS - done, others: 0 }, line)
}
