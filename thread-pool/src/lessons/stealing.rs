//! The lesson `stealing`.

use stage::{Checked, Lesson, Report, Variant, expect};
use thread_pool::BuildError;
use thread_pool::imbalance::{self, Imbalance};

use super::text::{count, line, time};

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// How many tasks there are, 2 to 10000
    #[arg(long, value_name = "N", default_value_t = 40,
          value_parser = clap::value_parser!(u16).range(2..=10_000))]
    tasks: u16,
    /// How many workers, 2 to 16
    #[arg(long, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u8).range(2..=16))]
    workers: u8,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("stealing", "one long task among short ones, and what waits behind it")
        .story("The long one lasts until the others can get no further without its worker.")
        .source("thread-pool/src/imbalance.rs")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 3] {
    let (tasks, workers) = (usize::from(options.tasks), usize::from(options.workers));
    // A task waits for 2 ms.
    let limit = std::time::Duration::from_secs(30 + 2 * tasks as u64 / 1_000);
    let behind = tasks.div_ceil(workers) - 1;
    let run = move |run: fn(usize, usize) -> Result<Imbalance, BuildError>, wanted| -> Checked {
        let out = run(tasks, workers).map_err(line)?;
        let ran: usize = out.workers.values().map(|share| share.ran).sum();
        let left = match out.left_behind {
            0 => "no task waited behind the long one".to_owned(),
            left => format!(
                "{} waited behind the long one, while the other workers were idle",
                count(left, "task")
            ),
        };
        expect((out.left_behind, ran), (wanted, tasks), left).map(|report| shares(report, &out))
    };
    let stealing = move || -> Checked {
        let out = imbalance::stealing(tasks, workers).map_err(line)?;
        let stole: Vec<_> = out.workers.iter().filter(|(_, share)| share.stolen > 0).collect();
        let stolen: usize = stole.iter().map(|(_, share)| share.stolen).sum();
        let said = match stolen {
            1 => "all were in one worker's queue; 1 was stolen".to_owned(),
            _ => format!("all were in one worker's queue; {stolen} times one was stolen"),
        };
        let by_worker: Vec<_> =
            stole.into_iter().map(|(worker, share)| format!("{worker} {}", share.stolen)).collect();
        let again = if stolen > tasks { "; some more than once" } else { "" };
        expect((out.left_behind, stolen > 0), (0, true), said).map(|report| {
            shares(report, &out).fact("tasks stolen", format!("{}{again}", by_worker.join(", ")))
        })
    };
    let dealt = move || run(imbalance::dealt, behind);
    let dealt = if behind > 0 {
        Variant::breaks("dealt", dealt)
            .story("Tasks are dealt out beforehand: those behind the long one wait for its worker.")
    } else {
        Variant::holds("dealt", dealt)
            .story("Tasks are dealt out beforehand; too few for one behind the long task.")
    };
    [
        dealt.within(limit),
        Variant::holds("channel", move || run(imbalance::channel, 0))
            .within(limit)
            .story("All workers take the next task from one queue: none is bound to one worker."),
        Variant::holds("stealing", stealing)
            .within(limit)
            .story("All tasks are in one worker's queue; the others steal them."),
    ]
}

fn shares(report: Report, out: &Imbalance) -> Report {
    let ran = out.workers.iter().filter(|(_, share)| share.ran > 0);
    let ran: Vec<_> = ran.map(|(worker, share)| format!("{worker} {}", share.ran)).collect();
    let long = out.workers.iter().find_map(|(worker, share)| share.long.then_some(worker.as_str()));
    let ran = format!("{}; {} the long one", ran.join(", "), long.unwrap_or("none"));
    report.fact("took", time(out.took)).fact("tasks run", ran)
}
