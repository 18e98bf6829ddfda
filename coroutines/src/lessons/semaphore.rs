use std::time::Duration;

use coroutines::model::{self, block_on as block_on_model};
use coroutines::on_tokio::semaphore::{aborted, requests};
use coroutines::tokio_runtime::block_on_paced;
use coroutines::{executor, on_ours::semaphore as ours};
use stage::{Lesson, Report, Variant, expect};

use super::BEAT;

/// The options of `semaphore`.
#[derive(clap::Args)]
struct Options {
    /// The number of jobs
    #[arg(long, value_name = "N", default_value_t = 9)]
    #[arg(value_parser = clap::value_parser!(u16).range(2..=1000))]
    jobs: u16,

    /// The number of requests that may be made concurrently
    #[arg(long, value_name = "N", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=1000))]
    permits: u16,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("semaphore", "at most N requests at once")
        .story(
            "All jobs are spawned at once. The limit belongs around the request, not around the \
             tasks.",
        )
        .source("coroutines/src/semaphore.rs")
        .python("bounded_queue")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 4] {
    const NOW: Duration = Duration::ZERO;
    let (jobs, limit) = (usize::from(options.jobs), usize::from(options.permits));
    [
        Variant::breaks("unlimited", move || {
            expect(
                block_on_paced(requests(jobs, None, BEAT)),
                jobs,
                format!("{jobs} requests at once"),
            )
        })
        .explored_for("2 jobs", "the most requests at once", "make 2 and more", [1], || {
            block_on_model(model::semaphore::requests(2, None, NOW))
        })
        .story("Every job makes its request at once: nothing bounds the load."),
        Variant::holds("limited", move || {
            let line = format!(
                "{jobs} jobs, {limit} permits: at most {} requests at once",
                jobs.min(limit)
            );
            let most = block_on_paced(requests(jobs, Some(limit), BEAT));
            let shown = expect(most, jobs.min(limit), line);
            if jobs > limit {
                return shown;
            }
            // Enough permits for all show nothing of what a limit does.
            let line = format!("{jobs} jobs, {limit} permits: no job had to wait");
            shown.map(|_| Report::measured(line))
        })
        .explored_for(
            "3 jobs, 1 permit",
            "the most requests at once",
            "make 2 and more",
            [1],
            || block_on_model(model::semaphore::requests(3, Some(1), NOW)),
        )
        .story("A request needs one of the semaphore's permits, which are granted in FIFO order.")
        .within(Duration::from_secs(60)),
        Variant::holds("aborted", || {
            let line = "a job that is aborted returns its permit";
            expect(block_on_paced(aborted()), (0, 1), line)
        })
        .explored_for("1 job", "permits before and after", "lose the permit", [(0, 1)], || {
            block_on_model(model::semaphore::aborted())
        })
        .story("A permit is returned by its destructor, also when its task is aborted."),
        Variant::holds("on-ours", move || {
            let (all, some, aborted) = executor::block_on_paused(async {
                (
                    ours::requests(jobs, None, BEAT).await,
                    ours::requests(jobs, Some(limit), BEAT).await,
                    ours::aborted().await,
                )
            });
            let line =
                format!("our executor, tokio's semaphore: {all} and {some} requests at once");
            expect((all, some, aborted), (jobs, jobs.min(limit), (0, 1)), line)
        })
        .story("The same on our executor: tokio's semaphore uses wakers alone."),
    ]
}
