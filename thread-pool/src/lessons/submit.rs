//! The lesson `submit`.

use stage::{Checked, Lesson, Report, Variant};
use thread_pool::submit::run;
use thread_pool::{ChannelPool, Pool, RayonPool, StealingPool};

use super::text::{line, time};

const TASKS: usize = 50;
const WORKERS: usize = 10;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("submit", "fifty tasks on ten workers, and submit does not wait for any")
        .story("Task n waits 2 ms and counts to n²; a gate holds all until all are submitted.")
        .source("thread-pool/src/submit.rs")
        .python("submit")
        .variants(|| {
            [
                Variant::holds("channel", checked::<ChannelPool>)
                    .story("All workers receive from one channel, to which a submit sends."),
                Variant::holds("stealing", checked::<StealingPool>)
                    .story("Each worker has a deque; a submit goes to a shared injector."),
                Variant::holds("rayon", checked::<RayonPool>)
                    .story("A submit queues the job, and spawns a ticket for it on rayon."),
            ]
        })
}

fn checked<P: Pool>() -> Checked {
    let out = run::<P>(TASKS, WORKERS).map_err(line)?;
    let squares: Vec<_> = (1..=TASKS as u64).map(|number| number * number).collect();
    let counted = (out.ended_by_then, out.most_at_once, out.by_worker.values().sum());
    // Each worker had one of them at the gate.
    let all = out.by_worker.len() == WORKERS;
    if out.results != squares || counted != (0, WORKERS, TASKS) || !all {
        return Err(format!("{out:?}"));
    }
    let (least, most) = (out.by_worker.values().min(), out.by_worker.values().max());
    let (least, most) = (least.expect("there is one"), most.expect("there is one"));
    let line = format!("{TASKS} tasks submitted, {WORKERS} begun, none ended: submit did not wait");
    let (submitting, running) = (time(out.submitting), time(out.running));
    let took =
        format!("{submitting} to submit, {running} to run; {least} to {most} tasks a worker");
    Ok(Report::new(line).fact("took", took))
}
