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
        .story("The long task lasts until all tasks have run that can run without its worker.")
        .source("thread-pool/src/{imbalance,pool/stealing/queues}.rs")
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
        let left = format!("{} waited behind the long one", count(out.left_behind, "task"));
        expect((out.left_behind, ran), (wanted, tasks), left).map(|report| shares(report, &out))
    };
    let stealing = move || -> Checked {
        let out = imbalance::stealing(tasks, workers).map_err(line)?;
        let stole: Vec<_> = out.workers.iter().filter(|(_, share)| share.stolen > 0).collect();
        let stolen: usize = stole.iter().map(|(_, share)| share.stolen).sum();
        let said = format!("all were in one worker's deque; {}", count(stolen, "steal"));
        let by_worker: Vec<_> =
            stole.into_iter().map(|(worker, share)| format!("{worker} {}", share.stolen)).collect();
        let again = if stolen > tasks { "; some tasks more than once" } else { "" };
        expect((out.left_behind, stolen > 0), (0, true), said).map(|report| {
            shares(report, &out).fact("stolen by", format!("{}{again}", by_worker.join(", ")))
        })
    };
    let promised = if behind > 0 { Variant::breaks } else { Variant::holds };
    [
        promised("dealt", move || run(imbalance::dealt, behind))
            .within(limit)
            .story("Tasks are dealt out beforehand: those behind the long one wait, others idle."),
        Variant::holds("channel", move || run(imbalance::channel, 0))
            .within(limit)
            .story("All workers take the next task from one queue: none is bound to one worker."),
        Variant::holds("stealing", stealing)
            .within(limit)
            .story("All tasks are in one worker's deque; the others steal them, the oldest first."),
    ]
}

fn shares(report: Report, out: &Imbalance) -> Report {
    let ran = out.workers.iter().filter(|(_, share)| share.ran > 0);
    let ran: Vec<_> = ran.map(|(worker, share)| format!("{worker} {}", share.ran)).collect();
    let long = out.workers.iter().find_map(|(worker, share)| share.long.then_some(worker.as_str()));
    let ran = format!("{}; {} the long one", ran.join(", "), long.unwrap_or("none"));
    report.fact("took", time(out.took)).fact("tasks run", ran)
}
