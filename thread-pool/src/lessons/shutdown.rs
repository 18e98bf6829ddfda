//! The lesson `shutdown`.

use kit::child::{Entry, program};
use stage::{Checked, Lesson, Variant, expect};
use thread_pool::shutdown::{
    LEFT, LEFT_TO_RAYON, SHUT_DOWN, TasksAtEnd, afterwards, lines, now, waits,
};
use thread_pool::{BuildError, Pool, Reason};

use super::text::line;

const TASKS: usize = 50;
const WORKERS: usize = 10;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("shutdown", "what happens to queued tasks when a pool ends, or the process")
        .story("Task 1 runs, the others are queued, main returns: nothing waits for a static pool.")
        .source("thread-pool/src/shutdown.rs")
        .python("shutdown")
        .variants(variants)
}

fn variants() -> [Variant; 7] {
    let lost = ["task 1 begins", "main returns"];
    let all = |ends: Result<TasksAtEnd, BuildError>| {
        let ends = ends.map_err(line)?;
        let said =
            format!("{TASKS} tasks, {} ended before it; when it returns, all have", ends.before);
        expect(ends, TasksAtEnd { after: TASKS, handed_back: 0, dropped: 0, ..ends }, said)
    };
    [
        Variant::breaks("left", move || {
            child(&LEFT, &lost, "task 1 never ends; 2 and 3 never begin")
        })
        .story("The pool is in a static, which is never dropped: queued tasks are lost."),
        Variant::breaks("left-rayon", move || {
            child(&LEFT_TO_RAYON, &lost, "rayon::spawn: the same")
        })
        .story("rayon's global pool has no shutdown: its queued tasks are lost as well."),
        Variant::holds("shut-down", || {
            let run =
                ["task 1 begins", "task 1 ends", "task 2 ends", "task 3 ends", "main returns"];
            child(&SHUT_DOWN, &run, "main shuts the pool down first")
        })
        .story("Main shuts the pool down first: the workers run what is queued, and are joined."),
        Variant::holds("waits", move || all(waits(TASKS as u64, WORKERS, |pool| pool.shutdown())))
            .story("`shutdown` closes the queue, lets the workers run all of it, and joins them."),
        Variant::holds("drop", move || all(waits(TASKS as u64, WORKERS, drop)))
            .story("Dropping the pool is a shutdown: it closes the queue and joins the workers."),
        Variant::holds("now", || {
            let (begun, queued) = (WORKERS, TASKS - WORKERS);
            let said = format!("{begun} had begun and end; {queued} are handed back, and dropped");
            let wanted =
                TasksAtEnd { before: 0, after: begun, handed_back: queued, dropped: queued };
            expect(now(TASKS, WORKERS).map_err(line)?, wanted, said)
        })
        .story("`shutdown_now` hands the queued jobs back, and waits only for those begun."),
        Variant::holds("afterwards", || {
            let wanted = Some((Reason::ShutDown, Some("lesson".to_owned())));
            let said = "one more is rejected, handed back, and run here";
            expect(afterwards().map_err(line)?, wanted, said)
        })
        .story("A pool that was shut down hands a job back to its submitter, which runs it."),
    ]
}

fn child(main: &Entry, wanted: &[&str], said: &str) -> Checked {
    let lines = lines(&program().map_err(line)?, main).map_err(line)?;
    let printed = lines.join("; ");
    expect(lines, wanted.iter().map(ToString::to_string).collect(), said)
        .map(|report| report.fact("printed", printed))
}
