//! The lessons on a task's way: submitted, called back, its result brought home.

use std::time::Duration;

use stage::{Checked, Lesson, Report, Variant, expect};
use thread_pool::{
    Build, BuildError, ChannelPool, Pool, RayonPool, StealingPool, callback, results, submit,
};

/// Row 7 of the tutorial: so many tasks on so many workers.
const TASKS: usize = 50;
const WORKERS: usize = 10;

pub(crate) fn submit() -> Lesson {
    Lesson::new("submit", "fifty tasks on ten workers, and the submitter goes on at once")
        .story(
            "Task n waits 2 ms, as for a network, and counts to n². All are held at a gate \
             until the last one is submitted.",
        )
        .source("thread-pool/src/submit.rs")
        .variants(submit_variants)
}

fn submit_variants() -> Vec<Variant> {
    Vec::from([
        Variant::holds("channel", submitted::<ChannelPool>).story(
            "All workers receive from one channel; a submit sends \
                     to it and returns without waiting for a worker.",
        ),
        Variant::holds("stealing", submitted::<StealingPool>).story(
            "Each worker has a deque and steals from the others; a \
                     submit from outside goes to a shared injector queue.",
        ),
        Variant::holds("rayon", submitted::<RayonPool>).story(
            "rayon's pool runs the jobs of a queue beside it; a \
                     submit queues the job, spawns a ticket and returns.",
        ),
    ])
}

fn submitted<P: Pool + Build>() -> Checked {
    let outcome = submit::run::<P>(TASKS, WORKERS).map_err(refused)?;
    let squares: Vec<_> = (1..=TASKS as u64).map(|number| number * number).collect();
    let counted = (outcome.ended_by_then, outcome.most_at_once, outcome.by_worker.values().sum());
    if outcome.results != squares || counted != (0, WORKERS, TASKS) {
        return Err(format!("{outcome:?}"));
    }
    let (least, most) = (outcome.by_worker.values().min(), outcome.by_worker.values().max());
    let (least, most) = (least.expect("some worker ran"), most.expect("some worker ran"));
    let line = format!("{TASKS} tasks submitted, {WORKERS} begun, none ended: nobody waited");
    let (submitting, running) = (time(outcome.submitting), time(outcome.running));
    let took =
        format!("{submitting} to submit, {running} to run; {least} to {most} tasks a worker");
    Ok(Report::new(line).fact("took", took))
}

pub(crate) fn callback() -> Lesson {
    Lesson::new("callback", "a callback on completion, and which thread runs it")
        .story(
            "One worker. While the callback of task 1 takes its time there, task 2 is not even \
             begun.",
        )
        .source("thread-pool/src/callback.rs")
        .variants(callback_variants)
}

fn callback_variants() -> Vec<Variant> {
    use callback::{
        Behind, Threads, after_the_end, before_the_end, chained, handed_on, slow, waits,
    };
    let threads = |ran: Result<Threads, BuildError>, wanted: &str, line: &str| {
        let Threads { task, callback } = ran.map_err(refused)?;
        expect(
            (&*task, &*callback),
            ("w1", wanted),
            format!("{line}: on {callback}; the task ran on {task}"),
        )
    };
    let behind = |ran: Result<Behind, BuildError>, ended_meanwhile, line: &str| {
        expect(ran.map_err(refused)?, Behind { ended_meanwhile, result: 4 }, line)
    };
    let two = |ran: Result<u32, BuildError>, line: &str| expect(ran.map_err(refused)?, 2, line);
    Vec::from([
        Variant::breaks("slow", move || {
            behind(slow(), false, "until the callback ended, task 2 did not begin")
        })
        .story(
            "The callback runs on the only worker, which begins \
                     no other task until the callback has returned.",
        ),
        Variant::holds("handed-on", move || {
            behind(handed_on(), true, "the submitter does the slow part; task 2 ended meanwhile")
        })
        .story(
            "The callback only sends a message; the submitter does \
                     the slow part, so that the worker takes the next task.",
        ),
        Variant::holds("set-before", move || {
            threads(before_the_end(), "w1", "set while the task runs")
        })
        .story("A callback that is set before the task ends is called by the worker that ends it."),
        Variant::holds("set-after", move || {
            threads(after_the_end(), "lesson", "set when it was over")
        })
        .story(
            "A callback that is set after the task has ended \
                     is called at once, by the thread that sets it.",
        ),
        Variant::deadlocks("waits", waits).story(
            "The callback waits for a second task, which is \
                     queued behind it on the only worker: neither ends.",
        ),
        Variant::holds("chained", move || {
            two(chained(), "it submits task 2 with a callback of its own, and ends")
        })
        .story(
            "The callback submits the second task with a \
                     callback of its own and returns: no thread waits.",
        ),
    ])
}

pub(crate) fn results() -> Lesson {
    Lesson::new("results", "fifty results, one at a time, in order, or as they come")
        .story(
            "Ten workers. Who asks for each result right after its submit gives nine of them \
             nothing to do.",
        )
        .source("thread-pool/src/results/")
        .variants(results_variants)
}

fn results_variants() -> Vec<Variant> {
    use results::{Outcome, as_completed, awaited, in_order, map, one_at_a_time};
    let all = |run: fn(u64, usize) -> Result<Outcome, BuildError>, most: usize, line: String| {
        let outcome = run(TASKS as u64, WORKERS).map_err(refused)?;
        let squares: Vec<_> = (1..=TASKS as u64).map(|number| number * number).collect();
        expect((&outcome.results, outcome.most_at_once), (&squares, most), line)
            .map(|report| report.fact("took", time(outcome.took)))
    };
    Vec::from([
        Variant::breaks("one-at-a-time", move || {
            all(one_at_a_time::run, 1, "never more than 1 task at work".to_owned())
        })
        .story(
            "The submitter waits for each result before it submits \
                     the next task: the other nine workers stay idle.",
        ),
        Variant::holds("in-order", move || {
            all(
                in_order::run,
                WORKERS,
                format!("{WORKERS} at work at once, in the order of submission"),
            )
        })
        .story(
            "All tasks are submitted before the first result is \
                     asked for; results are taken in order of submission.",
        ),
        Variant::holds("map", move || {
            all(map::run, WORKERS, format!("{WORKERS} at work at once, in the order of the inputs"))
        })
        .story(
            "`map` submits a task for each input and \
                     returns the results in the order of the inputs.",
        ),
        Variant::holds("awaited", move || {
            all(
                awaited::run,
                WORKERS,
                format!("{WORKERS} at work at once, and an async thread that went on"),
            )
        })
        .story(
            "The handles are futures: an async task awaits them, \
                     and its thread runs other async tasks meanwhile.",
        ),
        Variant::holds("as-completed", || {
            let outcome = as_completed::run(WORKERS).map_err(refused)?;
            let squares: Vec<_> =
                (1..=WORKERS as u64).rev().map(|number| number * number).collect();
            let line = "they ended from the last to the first, and came so";
            expect((outcome.results, outcome.most_at_once), (squares, WORKERS), line)
        })
        .story(
            "`as_completed` returns each result as its \
                     task ends, whatever the order of submission.",
        ),
    ])
}

fn refused(refused: BuildError) -> String {
    refused.to_string()
}

/// Says a time as a person would.
fn time(time: Duration) -> String {
    stage::duration(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX))
}
