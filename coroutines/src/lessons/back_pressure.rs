//! The lessons on how many at once: bounded channels, and permits.

use std::time::Duration;

use coroutines::on_tokio::{channels as pipes, semaphore as permits};
use coroutines::tokio_runtime::{block_on, block_on_paced};
use coroutines::{executor, on_ours};
use stage::{Lesson, Report, Variant, expect};

use super::at_once::BEAT;

/// What `channels` can be told.
#[derive(clap::Args)]
pub(crate) struct Channels {
    /// Sends so many messages
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(8..=1000))]
    messages: u32,

    /// Has room for so many in the bounded channel
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=100))]
    room: u16,
}

pub(crate) fn channels() -> Lesson {
    Lesson::new("channels", "a queue without a bound, and what back-pressure is")
        .story(
            "The producer makes four messages while the consumer deals with one. With a bound, \
             it waits for room.",
        )
        .source("coroutines/src/channels.rs")
        .variants_with(channels_variants)
}

fn channels_variants(options: &Channels) -> Vec<Variant> {
    use pipes::{Filled, asked, bounded, broadcast, unbounded, watched};
    const PACE: Duration = Duration::from_millis(1);
    let (messages, room) = (options.messages, usize::from(options.room));
    let whole = move |filled: Filled| {
        if filled.received == messages {
            Ok(filled.most)
        } else {
            Err(format!("of {messages}: {filled:?}"))
        }
    };
    let waited = |waits: u32| match waits {
        0 => "the producer never had to wait".to_owned(),
        _ => format!("the producer waited for room {waits} times"),
    };
    Vec::from([
        Variant::breaks("unbounded", move || {
            let most = whole(block_on(unbounded(messages, PACE)))?;
            if most <= messages as usize / 2 {
                return Err(format!("at most {most} waited: the consumer kept up"));
            }
            Ok(Report::new(format!(
                "of {messages} messages, {most} waited in it at once; nobody said no"
            )))
        })
        .story(
            "`send` never waits: while the producer is faster than the consumer, the \
                 queue grows.",
        ),
        Variant::holds("bounded", move || {
            let filled = block_on(bounded(messages, room, PACE));
            let most = whole(filled)?;
            // One more than there is room for: the one in the consumer's hand.
            if most > room + 1 {
                return Err(format!("{most} waited, with room for {room}"));
            }
            let waited = waited(filled.waits);
            Ok(Report::new(format!("room for {room}: at most {most} messages at once; {waited}")))
        })
        .story(
            "`send` waits for room: back-pressure slows the producer down to the pace \
                 of the consumer.",
        ),
        Variant::holds("oneshot", || {
            let line = "an answer for each question; who owns the counter needs no lock";
            expect(block_on(asked(4)), vec![1, 3, 6, 10], line)
        })
        .story(
            "Each request carries a `oneshot` for its reply: one task owns the \
                 counter, and needs no lock.",
        ),
        Variant::holds("broadcast", || {
            let heard = block_on(broadcast(10));
            let line = format!(
                "10 to everyone, room for 4: the late one is told that it missed {}",
                heard.missed
            );
            expect((heard.missed, heard.got), (6, vec![6, 7, 8, 9]), line)
        })
        .story(
            "Every receiver gets every message; one that lags behind the capacity is \
                 told how many it has missed.",
        ),
        Variant::holds("watch", || {
            expect(
                block_on(watched(10)).got,
                vec![9],
                "10 values: the late one sees the newest, and no other",
            )
        })
        .story(
            "A receiver sees the latest value alone; those that were overwritten are \
                 gone.",
        ),
        Variant::holds("on-ours", move || {
            use on_ours::channels as ours;
            let (unbounded, bounded, asked) = executor::block_on(async {
                (
                    ours::unbounded(messages, PACE).await,
                    ours::bounded(messages, room, PACE).await,
                    ours::asked(4).await,
                )
            });
            if bounded.most > room + 1 || unbounded.most <= messages as usize / 2 {
                return Err(format!("{unbounded:?} {bounded:?}"));
            }
            let line = "our executor, tokio's channels, which know no runtime: the same";
            expect(
                (unbounded.received, bounded.received, asked),
                (messages, messages, vec![1, 3, 6, 10]),
                line,
            )
        })
        .story(
            "The same on our executor: tokio's channels use wakers alone, and work on \
                 any runtime.",
        ),
    ])
}

/// What `semaphore` can be told.
#[derive(clap::Args)]
pub(crate) struct Semaphore {
    /// Starts so many jobs
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u16).range(2..=1000))]
    jobs: u16,

    /// Lets so many of them in at once
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u16).range(1..=1000))]
    permits: u16,
}

pub(crate) fn semaphore() -> Lesson {
    Lesson::new("semaphore", "at most N at once")
        .story(
            "All jobs are started at once. The limit belongs around the request, not around the \
             tasks.",
        )
        .source("coroutines/src/semaphore.rs")
        .variants_with(semaphore_variants)
}

fn semaphore_variants(options: &Semaphore) -> Vec<Variant> {
    use permits::{aborted, limited, unlimited};
    let (jobs, limit) = (usize::from(options.jobs), usize::from(options.permits));
    Vec::from([
        Variant::breaks("unlimited", move || {
            expect(block_on_paced(unlimited(jobs, BEAT)), jobs, format!("{jobs} requests at once"))
        })
        .story(
            "Every job makes its request at once: nothing bounds the load on what is \
                 asked.",
        ),
        Variant::holds("limited", move || {
            let most = jobs.min(limit);
            let shown = expect(
                block_on_paced(limited(jobs, limit, BEAT)),
                most,
                format!("{jobs} jobs, {limit} permits: at most {most} requests at once"),
            );
            if jobs > limit {
                return shown;
            }
            // Enough permits for all show nothing of what a limit does.
            shown.map(|_| {
                Report::measured(format!("{jobs} jobs, {limit} permits: no job had to wait"))
            })
        })
        .story(
            "A request needs one of the semaphore's permits, which are given out in \
                 FIFO order.",
        )
        .within(Duration::from_secs(60)),
        Variant::holds("aborted", || {
            expect(
                block_on_paced(aborted(BEAT)),
                (0, 1),
                "a job that is aborted gives its permit back",
            )
        })
        .story(
            "A permit is returned by its destructor, also when the task that holds it \
                 is aborted.",
        ),
        Variant::holds("on-ours", move || {
            use on_ours::semaphore as ours;
            let (all, some, aborted) = executor::block_on_paused(async {
                (
                    ours::unlimited(jobs, BEAT).await,
                    ours::limited(jobs, limit, BEAT).await,
                    ours::aborted(BEAT).await,
                )
            });
            let line =
                format!("our executor, tokio's semaphore: {all} and {some} requests at once");
            expect((all, some, aborted), (jobs, jobs.min(limit), (0, 1)), line)
        })
        .story("The same on our executor: tokio's semaphore uses wakers alone."),
    ])
}
