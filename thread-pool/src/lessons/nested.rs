//! The lesson `nested`.

use stage::{Lesson, Variant};
use thread_pool::nested::{below, expected, handed_on, one_more_worker, run};
use thread_pool::{BuildError, ChannelPool, RayonPool, StealingPool, model};

use super::text::expect;

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// How many workers there are, and tasks that wait, 1 to 64
    #[arg(long, value_name = "N", default_value_t = 2,
          value_parser = clap::value_parser!(u8).range(1..=64))]
    workers: u8,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("nested", "tasks that wait for tasks of their own pool")
        .story("Each worker runs an outer task, which submits an inner one and waits for it.")
        .source("thread-pool/src/nested.rs")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 6] {
    let workers = usize::from(options.workers);
    let holds = move |name, run: fn(usize) -> Result<Vec<u32>, BuildError>, said: &'static str| {
        Variant::holds(name, move || expect(run(workers), expected(workers), said))
    };
    let explored = |variant: Variant, run: fn() -> [u32; 2]| {
        variant.explored_for("2 workers", "the results", "deadlock", [[11, 22]], run)
    };
    [
        explored(
            Variant::deadlocks("channel", move || run::<ChannelPool>(workers))
                .story("A worker that waits runs nothing: none is left for the inner tasks."),
            model::nested::waits,
        ),
        explored(
            holds(
                "stealing",
                run::<StealingPool>,
                "a worker that waits runs its inner task meanwhile",
            )
            .story("A worker that waits runs queued jobs meanwhile: a helping join."),
            model::nested::helps,
        ),
        holds("rayon", run::<RayonPool>, "a worker that waits runs rayon's jobs meanwhile")
            .story("A worker that waits runs rayon's jobs by `yield_now`, the newest first."),
        Variant::deadlocks("below", below)
            .story("A helping worker runs a task that waits for the one below it on its stack."),
        holds("one-more-worker", one_more_worker, "one worker is free, until one more task waits")
            .story("One worker more than tasks that wait is always free for the inner tasks."),
        holds("handed-on", handed_on, "no task waits: it returns the inner one's handle")
            .story("No task waits: the outer one returns the inner one's handle to the caller."),
    ]
}
