use std::time::Duration;

use coroutines::model::{self, block_on as block_on_model};
use coroutines::on_tokio::channels::{Filled, asked, bounded, broadcast, unbounded, watched};
use coroutines::tokio_runtime::block_on;
use coroutines::{executor, on_ours::channels as ours};
use stage::{Lesson, Report, Variant, expect};

/// The options of `channels`.
#[derive(clap::Args)]
struct Options {
    /// The number of messages
    #[arg(long, value_name = "N", default_value_t = 24)]
    #[arg(value_parser = clap::value_parser!(u32).range(8..=1000))]
    messages: u32,

    /// The number of messages that the bounded channel has room for
    #[arg(long, value_name = "N", default_value_t = 4)]
    #[arg(value_parser = clap::value_parser!(u16).range(1..=100))]
    room: u16,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("channels", "a queue without a bound, and what back-pressure is")
        .story(
            "The producer makes four messages while the consumer deals with one. With a bound, \
             it waits for room.",
        )
        .source("coroutines/src/channels.rs")
        .python("bounded_queue")
        .variants_with(variants)
}

fn variants(options: &Options) -> [Variant; 6] {
    const PACE: Duration = Duration::from_millis(1);
    const NOW: Duration = Duration::ZERO;
    let (messages, room) = (options.messages, usize::from(options.room));
    let whole = move |filled: Filled| {
        if filled.received == messages {
            Ok(filled.most)
        } else {
            Err(format!("of {messages}: {filled:?}"))
        }
    };
    // One more than there is room for: the consumer deals with it.
    let keeps_the_bound = [1, 2];
    [
        Variant::breaks("unbounded", move || {
            let most = whole(block_on(unbounded(messages, PACE)))?;
            if most <= messages as usize / 2 {
                return Err(format!("at most {most} waited: the consumer kept up"));
            }
            Ok(Report::new(format!("{most} of {messages} messages waited in it at once")))
        })
        .explored_for("4 messages", "the most at once", "hold 3", keeps_the_bound, || {
            block_on_model(model::channels::unbounded(4, NOW)).most
        })
        .story("`send` never waits: while the producer is faster, the queue grows."),
        Variant::holds("bounded", move || {
            let filled = block_on(bounded(messages, room, PACE));
            let most = whole(filled)?;
            if most > room + 1 {
                return Err(format!("{most} waited, with room for {room}"));
            }
            let waited = match filled.waits {
                0 => "the producer never had to wait".to_owned(),
                waits => format!("the producer waited for room {waits} times"),
            };
            Ok(Report::new(format!("at most {most} at once; {waited}")))
        })
        .explored_for(
            "4 messages, room for 1",
            "the most at once",
            "hold 3",
            keeps_the_bound,
            || block_on_model(model::channels::bounded(4, 1, NOW)).most,
        )
        .story("`send` waits for room: back-pressure slows the producer to the consumer's pace."),
        Variant::holds("oneshot", || {
            let line = "an answer for each question; the counter needs no lock";
            expect(block_on(asked(4)), vec![1, 3, 6, 10], line)
        })
        .explored_for("2 questions", "the answers", "give a wrong answer", [vec![1, 3]], || {
            block_on_model(model::channels::asked(2))
        })
        .story("Each request carries a `oneshot` for its reply: one task owns the counter."),
        Variant::holds("broadcast", || {
            let (missed, got) = block_on(broadcast(10));
            let line = format!("10 to all, room for 4: a slow receiver is told: {missed} missed");
            expect((missed, got), (6, vec![6, 7, 8, 9]), line)
        })
        .story("Every receiver gets every message; one that lags behind is told what it missed."),
        Variant::holds("watch", || {
            let line = "10 values: a late receiver sees the last one alone";
            expect(block_on(watched(10)), vec![9], line)
        })
        .story("A receiver sees the latest value alone; those before are gone."),
        Variant::holds("on-ours", move || {
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
            let wanted = (messages, messages, vec![1, 3, 6, 10]);
            let line = "our executor, with tokio's channels: the same";
            expect((unbounded.received, bounded.received, asked), wanted, line)
        })
        .story("The same on our executor: tokio's channels use wakers alone."),
    ]
}
