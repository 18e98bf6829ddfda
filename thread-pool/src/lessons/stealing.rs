//! The lessons on queues: who waits for what is in them, and who takes from them.

use stage::{Form, Lesson, Report, Shown, expect};
use thread_pool::skew::{self, Outcome};
use thread_pool::{ChannelPool, RayonPool, Refused, StealingPool, model, nested};

/// What `nested` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Nested {
    /// How many workers there are, and tasks that wait, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 2, allow_negative_numbers = true, value_parser = clap::value_parser!(u8).range(1..=64))]
    pub(crate) workers: u8,
}

pub(crate) fn nested(options: &Nested) -> Lesson {
    let workers = usize::from(options.workers);
    let holds = move |name, run: fn(usize) -> Result<Vec<u32>, Refused>, line: &'static str| {
        Form::holds(name, move || expect(run(workers).map_err(refused)?, nested::expected(workers), line))
    };
    let modelled = |form: Form, run: fn() -> [u32; 2]| {
        form.explored("2 workers", "deadlock", move || assert_eq!(run(), [11, 22]))
    };
    Lesson::new(
        "thread-pool/src/nested.rs",
        [
            modelled(
                Form::deadlocks("channel", move || nested::run::<ChannelPool>(workers)),
                model::nested::waits,
            ),
            modelled(
                holds("stealing", nested::run::<StealingPool>, "who waits runs the inner task meanwhile"),
                model::nested::helps,
            ),
            holds("rayon", nested::run::<RayonPool>, "the same"),
            Form::deadlocks("below", nested::below),
            holds("one-more-worker", nested::one_more_worker, "until one more task waits"),
            holds("handed-on", nested::handed_on, "no task waits: it returns the inner one's handle"),
        ],
    )
}

/// What `stealing` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Stealing {
    /// How many tasks there are, 2 to 10000
    #[arg(long, value_name = "N", default_value_t = 40, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(2..=10_000))]
    pub(crate) tasks: u16,
    /// How many workers, 2 to 16
    #[arg(long, value_name = "N", default_value_t = 4, allow_negative_numbers = true, value_parser = clap::value_parser!(u8).range(2..=16))]
    pub(crate) workers: u8,
}

pub(crate) fn stealing(options: &Stealing) -> Lesson {
    let (tasks, workers) = (usize::from(options.tasks), usize::from(options.workers));
    // A task waits for 2 ms.
    let limit = std::time::Duration::from_secs(30 + 2 * tasks as u64 / 1_000);
    let behind = tasks.div_ceil(workers) - 1;
    let run = move |run: fn(usize, usize) -> Result<Outcome, Refused>, wanted, line: String| {
        let outcome = run(tasks, workers).map_err(refused)?;
        let ran: usize = outcome.workers.values().map(|share| share.ran).sum();
        expect((outcome.left_behind, ran), (wanted, tasks), line).map(|report| shares(report, &outcome))
    };
    let dealt = move || {
        run(
            skew::dealt,
            behind,
            format!("{behind} tasks wait behind the long one, while all others are idle"),
        )
    };
    let channel = move || run(skew::channel, 0, "one queue: nobody is idle while a task waits".to_owned());
    let stealing = move || -> Shown {
        let outcome = skew::stealing(tasks, workers).map_err(refused)?;
        let stolen: usize = outcome.workers.values().map(|share| share.stolen).sum();
        let line = "all were in one worker's queue; the others stole".to_owned();
        let out = (outcome.left_behind, stolen > 0);
        let by_worker: Vec<_> =
            outcome.workers.iter().map(|(worker, share)| format!("{worker} {}", share.stolen)).collect();
        let stole = format!("{}: several at once, some of them again", by_worker.join(", "));
        expect(out, (0, true), line).map(|report| shares(report, &outcome).fact("stole", stole))
    };
    let form = if behind > 0 { Form::breaks("dealt", dealt) } else { Form::holds("dealt", dealt) };
    Lesson::new(
        "thread-pool/src/skew.rs",
        [
            form.within(limit),
            Form::holds("channel", channel).within(limit),
            Form::holds("stealing", stealing).within(limit),
        ],
    )
}

/// Adds what each worker has done.
fn shares(report: Report, outcome: &Outcome) -> Report {
    let ran: Vec<_> =
        outcome.workers.iter().map(|(worker, share)| format!("{worker} {}", share.ran)).collect();
    let long = outcome.workers.iter().find_map(|(worker, share)| share.long.then_some(worker.as_str()));
    let ran = format!("{}; {} the long one", ran.join(", "), long.unwrap_or("nobody"));
    report
        .fact("took", stage::duration(u64::try_from(outcome.took.as_nanos()).unwrap_or(u64::MAX)))
        .fact("tasks run", ran)
}

fn refused(refused: Refused) -> String {
    refused.to_string()
}
