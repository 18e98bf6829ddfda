//! The lessons on doing several things at once, and on how many.

use std::time::Duration;

use coroutines::on_tokio::{
    channels as pipes, join_and_select as several, semaphore as permits, timeout as limits,
};
use coroutines::tokio_runtime::{block_on, block_on_paced};
use coroutines::{executor, join_set, on_ours, stream as streams};
use stage::{Form, Lesson, Report, Shown, expect};

/// Timers are tokio's, by its paced clock, so that what is due first comes first on a busy machine too.
const BEAT: Duration = Duration::from_millis(10);

fn ms(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}

pub(crate) fn join_and_select() -> Lesson {
    use several::{Fetched, join, kept, made_anew, one_by_one, select};
    let came = |done: Fetched, wanted: &[usize], line: &str| {
        let line = format!("{line}: {}", ms(done.took));
        expect(done.order, wanted.to_vec(), line)
    };
    Lesson::new(
        "coroutines/src/join_and_select.rs",
        [
            Form::breaks("made-anew", || {
                let line = "8 rounds of a beat, and in each the 3 beats of the fetch began anew: no result";
                expect(block_on_paced(made_anew(BEAT, 8)).0, None, line)
            }),
            Form::holds("kept", || {
                let (result, rounds) = block_on_paced(kept(BEAT, 8));
                expect(
                    result,
                    Some(0),
                    format!("polled by reference, it went on: there after {rounds} rounds"),
                )
            }),
            Form::holds("one-by-one", move || {
                came(block_on_paced(one_by_one(BEAT)), &[0, 1, 2], "3 + 1 + 2 beats of 10 ms")
            }),
            Form::holds("join", move || {
                came(block_on_paced(join(BEAT)), &[0, 1, 2], "all, in order, after the slowest")
            }),
            Form::holds("select", move || {
                came(block_on_paced(select(BEAT)), &[1], "the first; the others dropped")
            }),
            Form::holds("join-set", move || {
                came(block_on_paced(join_set::as_they_end(BEAT)), &[1, 2, 0], "tasks, each as it ends")
            }),
            Form::holds("join-set-first", move || {
                came(
                    block_on_paced(join_set::first(BEAT)),
                    &[1],
                    "the first; the set is dropped, its tasks aborted",
                )
            }),
            Form::holds("on-ours", || {
                use on_ours::join_and_select as ours;
                let done = executor::block_on_paused(async {
                    let results = (ours::made_anew(BEAT, 8).await.0, ours::kept(BEAT, 8).await.0);
                    let order =
                        [ours::one_by_one(BEAT).await, ours::join(BEAT).await, ours::select(BEAT).await];
                    (results, order.map(|fetched| fetched.order))
                });
                let wanted = ((None, Some(0)), [vec![0, 1, 2], vec![0, 1, 2], vec![1]]);
                expect(done, wanted, "our executor: the same, by tokio's join! and select!")
            }),
        ],
    )
}

pub(crate) fn timeout() -> Lesson {
    use limits::{Limited, STEPS, each_step, never_gives_way, of_the_future, of_the_handle, then_aborted};
    let shown = |done: Limited, wanted: (bool, u32), line: &str| {
        let Limited { expired, steps, waited } = done;
        expect(
            (expired, steps),
            wanted,
            format!("waited {}; {steps} of {STEPS} steps done: {line}", ms(waited)),
        )
    };
    Lesson::new(
        "coroutines/src/timeout.rs",
        [
            Form::breaks("handle", move || {
                shown(
                    block_on_paced(of_the_handle(BEAT)),
                    (true, STEPS),
                    "let go of, the task went on to its end",
                )
            }),
            Form::breaks("no-await", move || {
                let step = || coroutines::lane::work("", BEAT);
                let done = block_on(never_gives_way(BEAT * 5 / 2, step));
                shown(done, (false, STEPS), "it was never asked for the time")
            }),
            Form::breaks("each-step", move || {
                shown(
                    block_on_paced(each_step(BEAT)),
                    (false, STEPS),
                    "each was in time, all of them were not",
                )
            }),
            Form::holds("future", move || {
                shown(block_on_paced(of_the_future(BEAT)), (true, 2), "dropped at its await")
            }),
            Form::holds("abort", move || {
                shown(block_on_paced(then_aborted(BEAT)), (true, 2), "the task was aborted")
            }),
            Form::holds("on-ours", || {
                use on_ours::timeout as ours;
                let done = executor::block_on_paused(async {
                    [
                        ours::of_the_handle(BEAT).await,
                        ours::each_step(BEAT).await,
                        ours::of_the_future(BEAT).await,
                        ours::then_aborted(BEAT).await,
                    ]
                });
                let wanted = [(true, STEPS), (false, STEPS), (true, 2), (true, 2)];
                expect(done.map(|done| (done.expired, done.steps)), wanted, "our executor: the same")
            }),
        ],
    )
}

/// What `channels` can be told.
#[derive(clap::Args)]
pub(crate) struct Channels {
    /// Sends so many messages
    #[arg(long, default_value_t = 24, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(8..=1000))]
    messages: u32,

    /// Has room for so many in the bounded channel
    #[arg(long, default_value_t = 4, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=100))]
    room: u16,
}

pub(crate) fn channels(options: &Channels) -> Lesson {
    use pipes::{Filled, asked, bounded, broadcast, unbounded, watched};
    const PACE: Duration = Duration::from_millis(1);
    let (messages, room) = (options.messages, usize::from(options.room));
    let whole = move |filled: Filled| {
        if filled.received == messages { Ok(filled.most) } else { Err(format!("of {messages}: {filled:?}")) }
    };
    Lesson::new(
        "coroutines/src/channels.rs",
        [
            Form::breaks("unbounded", move || {
                let most = whole(block_on(unbounded(messages, PACE)))?;
                if most <= messages as usize / 2 {
                    return Err(format!("at most {most} waited: the consumer kept up"));
                }
                Ok(Report::new(format!(
                    "of {messages} messages, {most} waited in it at once; nobody said no"
                )))
            }),
            Form::holds("bounded", move || {
                let most = whole(block_on(bounded(messages, room, PACE)))?;
                // One more than there is room for: the one in the consumer's hand.
                if most > room + 1 {
                    return Err(format!("{most} waited, with room for {room}"));
                }
                Ok(Report::new(format!(
                    "room for {room}: at most {most} at once; the producer waited for room"
                )))
            }),
            Form::holds("oneshot", || {
                let line = "an answer for each question; who owns the counter needs no lock";
                expect(block_on(asked(4)), vec![1, 3, 6, 10], line)
            }),
            Form::holds("broadcast", || {
                let heard = block_on(broadcast(10));
                let line = format!(
                    "10 to everyone, room for 4: the late one is told that it missed {}",
                    heard.missed
                );
                expect((heard.missed, heard.got), (6, vec![6, 7, 8, 9]), line)
            }),
            Form::holds("watch", || {
                expect(
                    block_on(watched(10)).got,
                    vec![9],
                    "10 values: the late one sees the newest, and no other",
                )
            }),
            Form::holds("on-ours", move || {
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
            }),
        ],
    )
}

/// What `semaphore` can be told.
#[derive(clap::Args)]
pub(crate) struct Semaphore {
    /// Starts so many jobs
    #[arg(long, default_value_t = 9, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(2..=1000))]
    jobs: u16,

    /// Lets so many of them in at once
    #[arg(long, default_value_t = 3, allow_negative_numbers = true, value_parser = clap::value_parser!(u16).range(1..=1000))]
    permits: u16,
}

pub(crate) fn semaphore(options: &Semaphore) -> Lesson {
    use permits::{aborted, limited, unlimited};
    let (jobs, limit) = (usize::from(options.jobs), usize::from(options.permits));
    Lesson::new(
        "coroutines/src/semaphore.rs",
        [
            Form::breaks("unlimited", move || {
                expect(block_on_paced(unlimited(jobs, BEAT)), jobs, format!("{jobs} requests at once"))
            }),
            Form::holds("limited", move || {
                let most = jobs.min(limit);
                let line = format!("{jobs} jobs, at most {most} requests at once");
                expect(block_on_paced(limited(jobs, limit, BEAT)), most, line)
            })
            .within(Duration::from_secs(60)),
            Form::holds("aborted", || {
                expect(block_on_paced(aborted(BEAT)), (0, 1), "a job that is aborted gives its permit back")
            }),
            Form::holds("on-ours", move || {
                use on_ours::semaphore as ours;
                let (all, some, aborted) = executor::block_on_paused(async {
                    (
                        ours::unlimited(jobs, BEAT).await,
                        ours::limited(jobs, limit, BEAT).await,
                        ours::aborted(BEAT).await,
                    )
                });
                let line = format!("our executor, tokio's semaphore: {all} and {some} at once");
                expect((all, some, aborted), (jobs, jobs.min(limit), (0, 1)), line)
            }),
        ],
    )
}

pub(crate) fn stream() -> Lesson {
    use streams::{Fetched, buffer_unordered, buffered, by_hand, fed, one_by_one, starved};
    let came = |done: Fetched, wanted: &[u32], line: &str| -> Shown {
        let line = format!("{line}: {}", ms(done.took));
        expect(done.order, wanted.to_vec(), line)
    };
    Lesson::new(
        "coroutines/src/stream.rs",
        [
            Form::breaks("starved", || {
                let line = "the loop was busy for 5 beats: of its 4 steps, the second request did none";
                expect(block_on_paced(starved(BEAT)).steps, 0, line)
            }),
            Form::holds("fed", || {
                let line = "a task for each request: meanwhile, the second did 3 of its 4 steps";
                expect(block_on_paced(fed(BEAT)).steps, 3, line)
            }),
            Form::holds("by-hand", || {
                expect(
                    block_on_paced(by_hand(BEAT / 4)),
                    vec![0, 4, 16],
                    "poll_next: six ticks, of which the even are squared",
                )
            }),
            Form::holds("one-by-one", move || {
                came(block_on_paced(one_by_one(BEAT)), &[0, 1, 2, 3], "4 + 3 + 2 + 1 beats of 10 ms")
            }),
            Form::holds("buffered", move || {
                came(block_on_paced(buffered(BEAT)), &[0, 1, 2, 3], "two at once, in order")
            }),
            Form::holds("buffer-unordered", move || {
                let done = block_on_paced(buffer_unordered(BEAT));
                let mut all = done.order.clone();
                all.sort_unstable();
                let line = format!("two at once, as they come: {:?}, {}", done.order, ms(done.took));
                expect((done.order[0], all), (1, vec![0, 1, 2, 3]), line)
            }),
        ],
    )
}
