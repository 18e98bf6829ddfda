//! The lessons on queues: who waits for what is in them, and who takes from them.

use stage::{Checked, Lesson, Report, Variant, expect};
use thread_pool::imbalance::{self, Outcome};
use thread_pool::{BuildError, ChannelPool, RayonPool, StealingPool, model, nested};

/// What `nested` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Nested {
    /// How many workers there are, and tasks that wait, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) workers: u8,
}

pub(crate) fn nested() -> Lesson {
    Lesson::new("nested", "tasks that wait for tasks of their own pool")
        .story(
            "Each worker has an outer task, which submits an inner one and waits for it. Who is \
             left to run the inner ones?",
        )
        .source("thread-pool/src/nested.rs")
        .variants_with(nested_variants)
}

fn nested_variants(options: &Nested) -> Vec<Variant> {
    let workers = usize::from(options.workers);
    let holds = move |name, run: fn(usize) -> Result<Vec<u32>, BuildError>, line: &'static str| {
        Variant::holds(name, move || {
            expect(run(workers).map_err(refused)?, nested::expected(workers), line)
        })
    };
    let modelled = |form: Variant, run: fn() -> [u32; 2]| {
        form.explored("2 workers", "deadlock", move || assert_eq!(run(), [11, 22]))
    };
    Vec::from([
        modelled(
            Variant::deadlocks("channel", move || nested::run::<ChannelPool>(workers)).story(
                "A worker that waits runs nothing: with every worker \
                     waiting, no thread is left to run the inner tasks.",
            ),
            model::nested::waits,
        ),
        modelled(
            holds(
                "stealing",
                nested::run::<StealingPool>,
                "a worker that waits runs its inner task meanwhile",
            )
            .story(
                "A worker that waits runs queued jobs meanwhile \
                     (a helping join), its own inner task first.",
            ),
            model::nested::helps,
        ),
        holds(
            "rayon",
            nested::run::<RayonPool>,
            "its workers look for rayon's jobs while they wait",
        )
        .story(
            "A worker that waits runs rayon's pending jobs with \
                     `yield_now`, the newest first, until its task has ended.",
        ),
        Variant::deadlocks("below", nested::below).story(
            "A helping worker runs a task that waits for the \
                     one below it on the same stack: neither can go on.",
        ),
        holds(
            "one-more-worker",
            nested::one_more_worker,
            "one worker is free, until one more task waits",
        )
        .story(
            "There is one worker more than there are tasks \
                     that wait: it is always free for the inner tasks.",
        ),
        holds("handed-on", nested::handed_on, "no task waits: it returns the inner one's handle")
            .story(
                "No task waits: the outer one returns the handle of \
                     its inner one, and a thread outside the pool waits.",
            ),
    ])
}

/// What `stealing` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Stealing {
    /// How many tasks there are, 2 to 10000
    #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u16).range(2..=10_000))]
    pub(crate) tasks: u16,
    /// How many workers, 2 to 16
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(2..=16))]
    pub(crate) workers: u8,
}

pub(crate) fn stealing() -> Lesson {
    Lesson::new("stealing", "one long task among short ones, and who takes those behind it")
        .story(
            "The long one lasts until the others can get no further without its worker; each \
             short one waits 2 ms, as for a network.",
        )
        .source("thread-pool/src/skew.rs")
        .variants_with(stealing_variants)
}

fn stealing_variants(options: &Stealing) -> Vec<Variant> {
    let (tasks, workers) = (usize::from(options.tasks), usize::from(options.workers));
    // A task waits for 2 ms.
    let limit = std::time::Duration::from_secs(30 + 2 * tasks as u64 / 1_000);
    let behind = tasks.div_ceil(workers) - 1;
    let run = move |run: fn(usize, usize) -> Result<Outcome, BuildError>, wanted| {
        let outcome = run(tasks, workers).map_err(refused)?;
        let ran: usize = outcome.workers.values().map(|share| share.ran).sum();
        let left = match outcome.left_behind {
            0 => "no task waited behind the long one".to_owned(),
            1 => "1 task waited behind the long one, while the other workers were idle".to_owned(),
            behind => format!(
                "{behind} tasks waited behind the long one, while the other workers were idle"
            ),
        };
        expect((outcome.left_behind, ran), (wanted, tasks), left)
            .map(|report| shares(report, &outcome))
    };
    let stealing = move || -> Checked {
        let outcome = imbalance::stealing(tasks, workers).map_err(refused)?;
        let stole: Vec<_> = outcome.workers.iter().filter(|(_, share)| share.stolen > 0).collect();
        let stolen: usize = stole.iter().map(|(_, share)| share.stolen).sum();
        let line = match stolen {
            1 => "all were in one worker's queue; 1 was stolen".to_owned(),
            _ => format!("all were in one worker's queue; {stolen} times one was stolen"),
        };
        let by_worker: Vec<_> =
            stole.into_iter().map(|(worker, share)| format!("{worker} {}", share.stolen)).collect();
        let again = if stolen > tasks { "; some more than once" } else { "" };
        expect((outcome.left_behind, stolen > 0), (0, true), line).map(|report| {
            shares(report, &outcome)
                .fact("tasks stolen", format!("{}{again}", by_worker.join(", ")))
        })
    };
    let (dealt, channel) =
        (move || run(imbalance::dealt, behind), move || run(imbalance::channel, 0));
    let dealt = if behind > 0 {
        Variant::breaks("dealt", dealt).story(
            "Tasks are dealt out beforehand, a queue a worker: \
                     those behind the long task wait for its worker.",
        )
    } else {
        Variant::holds("dealt", dealt).story(
            "Tasks are dealt out beforehand, a queue a worker; \
                     there are too few for one to be behind the long task.",
        )
    };
    Vec::from([
        dealt.within(limit),
        Variant::holds("channel", channel)
            .story(
                "All workers take the next task from one shared \
                     queue, so that no task is bound to one worker.",
            )
            .within(limit),
        Variant::holds("stealing", stealing)
            .story(
                "All tasks are in one worker's queue; a worker \
                     without work steals from it (work stealing).",
            )
            .within(limit),
    ])
}

/// Adds what each worker has done.
fn shares(report: Report, outcome: &Outcome) -> Report {
    let ran = outcome.workers.iter().filter(|(_, share)| share.ran > 0);
    let ran: Vec<_> = ran.map(|(worker, share)| format!("{worker} {}", share.ran)).collect();
    let long =
        outcome.workers.iter().find_map(|(worker, share)| share.long.then_some(worker.as_str()));
    let ran = format!("{}; {} the long one", ran.join(", "), long.unwrap_or("nobody"));
    report
        .fact("took", stage::duration(u64::try_from(outcome.took.as_nanos()).unwrap_or(u64::MAX)))
        .fact("tasks run", ran)
}

fn refused(refused: BuildError) -> String {
    refused.to_string()
}
