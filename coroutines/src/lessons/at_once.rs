//! The lessons on doing several things at once.

use std::time::Duration;

use coroutines::on_tokio::{join_and_select as several, timeout as limits};
use coroutines::tokio_runtime::{block_on, block_on_paced};
use coroutines::{executor, join_set, on_ours, stream as streams};
use stage::{Checked, Lesson, Variant, expect};

/// Timers are tokio's, by its paced clock, so that what is due first comes first on a busy machine
/// too.
pub(super) const BEAT: Duration = Duration::from_millis(10);

fn ms(time: Duration) -> String {
    format!("{:.0} ms", time.as_secs_f64() * 1e3)
}

pub(crate) fn join_and_select() -> Lesson {
    Lesson::new("join-and-select", "several things at once in one task: all of them, or the first")
        .story(
            "Three fetches of 3, 1 and 2 beats. What select! loses is dropped; a loop that \
             makes the slow one anew never sees its end.",
        )
        .source("coroutines/src/join_and_select.rs")
        .variants(join_and_select_variants)
}

fn join_and_select_variants() -> Vec<Variant> {
    use several::{Fetched, join, kept, made_anew, one_by_one, select};
    let came = |done: Fetched, wanted: &[usize], line: &str| {
        let line = format!("{line}: {}", ms(done.took));
        expect(done.order, wanted.to_vec(), line)
    };
    Vec::from([
        Variant::breaks("made-anew", || {
            let line =
                "8 rounds of a beat, and in each the 3 beats of the fetch began anew: no result";
            expect(block_on_paced(made_anew(BEAT, 8)).0, None, line)
        })
        .story(
            "Each round of the loop makes the slow future anew inside `select!`, \
                 which drops it: it starts over for ever.",
        ),
        Variant::holds("kept", || {
            let (result, rounds) = block_on_paced(kept(BEAT, 8));
            expect(
                result,
                Some(0),
                format!("polled by reference, it went on: there after {rounds} rounds"),
            )
        })
        .story(
            "The slow future is pinned outside of the loop and polled by reference: \
                 `select!` drops the reference alone.",
        ),
        Variant::holds("one-by-one", move || {
            came(block_on_paced(one_by_one(BEAT)), &[0, 1, 2], "3 + 1 + 2 beats of 10 ms")
        })
        .story(
            "A future begins when it is awaited: three awaits in a row take the sum \
                 of the times.",
        ),
        Variant::holds("join", move || {
            came(block_on_paced(join(BEAT)), &[0, 1, 2], "all, in order, after the slowest")
        })
        .story(
            "`join!` polls all three by turns in one task: the slowest sets the time, \
                 the arguments set the order.",
        ),
        Variant::holds("select", move || {
            came(block_on_paced(select(BEAT)), &[1], "the first; the others dropped")
        })
        .story(
            "`select!` returns with the first result and drops the other futures at \
                 their awaits.",
        ),
        Variant::holds("join-set", move || {
            came(block_on_paced(join_set::as_they_end(BEAT)), &[1, 2, 0], "tasks, each as it ends")
        })
        .story(
            "A task for each fetch, in a `JoinSet`: results are handed over in the \
                 order in which the tasks end.",
        ),
        Variant::holds("join-set-first", move || {
            came(
                block_on_paced(join_set::first(BEAT)),
                &[1],
                "the first; the set is dropped, its tasks aborted",
            )
        })
        .story(
            "The first result is taken and the `JoinSet` dropped, which aborts the \
                 tasks that are left in it.",
        ),
        Variant::holds("on-ours", || {
            use on_ours::join_and_select as ours;
            let done = executor::block_on_paused(async {
                let results = (ours::made_anew(BEAT, 8).await.0, ours::kept(BEAT, 8).await.0);
                let order = [
                    ours::one_by_one(BEAT).await,
                    ours::join(BEAT).await,
                    ours::select(BEAT).await,
                ];
                (results, order.map(|fetched| fetched.order))
            });
            let wanted = ((None, Some(0)), [vec![0, 1, 2], vec![0, 1, 2], vec![1]]);
            expect(done, wanted, "our executor: the same, by tokio's join! and select!")
        })
        .story(
            "The same on our executor: `join!` and `select!` need no runtime, for \
                 they poll inside their own task.",
        ),
    ])
}

pub(crate) fn timeout() -> Lesson {
    Lesson::new("timeout", "a time limit ends the wait; what becomes of the work?")
        .story(
            "Work of eight steps, a beat each, and a limit of two and a half beats: given the \
             future, or its join handle, or no await at all.",
        )
        .source("coroutines/src/timeout.rs")
        .variants(timeout_variants)
}

fn timeout_variants() -> Vec<Variant> {
    use limits::{
        Limited, STEPS, each_step, never_gives_way, of_the_future, of_the_handle, then_aborted,
    };
    let shown = |done: Limited, wanted: (bool, u32), line: &str| {
        let Limited { expired, steps, waited } = done;
        expect(
            (expired, steps),
            wanted,
            format!("waited {}; {steps} of {STEPS} steps done: {line}", ms(waited)),
        )
    };
    Vec::from([
        Variant::breaks("handle", move || {
            shown(
                block_on_paced(of_the_handle(BEAT)),
                (true, STEPS),
                "let go of, the task went on to its end",
            )
        })
        .story(
            "The timeout is given the join handle: it drops the handle, and the \
                 detached task runs to its end.",
        ),
        Variant::breaks("no-await", move || {
            let step = || coroutines::lane::work("", BEAT);
            let done = block_on(never_gives_way(BEAT * 5 / 2, step));
            shown(done, (false, STEPS), "it was never asked for the time")
        })
        .story(
            "The work never awaits, so that the timeout is not polled before the work \
                 is done.",
        ),
        Variant::breaks("each-step", move || {
            shown(
                block_on_paced(each_step(BEAT)),
                (false, STEPS),
                "each was in time, all of them were not",
            )
        })
        .story(
            "Each step has a timeout of its own: every one is kept, and the sum has \
                 no limit.",
        ),
        Variant::holds("future", move || {
            shown(block_on_paced(of_the_future(BEAT)), (true, 2), "dropped at its await")
        })
        .story(
            "The timeout is given the future itself, and drops it at its await: the \
                 work stops there.",
        ),
        Variant::holds("abort", move || {
            shown(block_on_paced(then_aborted(BEAT)), (true, 2), "the task was aborted")
        })
        .story(
            "After the timeout the task is aborted by its handle: it is dropped at \
                 its next await.",
        ),
        Variant::holds("on-ours", || {
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
        })
        .story(
            "The same variants on our executor: a timeout counts from the call, as \
                 tokio's does.",
        ),
    ])
}

pub(crate) fn stream() -> Lesson {
    Lesson::new("stream", "many values, each waited for; and a buffer that starves")
        .story(
            "Two requests are under way. While the loop is busy with the first result, nobody \
             polls the second request.",
        )
        .source("coroutines/src/stream.rs")
        .variants(stream_variants)
}

fn stream_variants() -> Vec<Variant> {
    use streams::{Fetched, buffer_unordered, buffered, by_hand, fed, one_by_one, starved};
    let came = |done: Fetched, wanted: &[u32], line: &str| -> Checked {
        let line = format!("{line}: {}", ms(done.took));
        expect(done.order, wanted.to_vec(), line)
    };
    Vec::from([
        Variant::breaks("starved", || {
            let line = "the loop was busy for 5 beats: of its 4 steps, the second request did none";
            expect(block_on_paced(starved(BEAT)).steps, 0, line)
        })
        .story(
            "`buffered(2)` polls its requests only when the loop asks for the next \
                 result: a busy loop stalls them.",
        ),
        Variant::holds("fed", || {
            let line = "a task for each request: meanwhile, the second did 3 of its 4 steps";
            expect(block_on_paced(fed(BEAT)).steps, 3, line)
        })
        .story(
            "Each request is a task of its own: the executor polls it while the loop \
                 is busy.",
        ),
        Variant::holds("by-hand", || {
            expect(
                block_on_paced(by_hand(BEAT / 4)),
                vec![0, 4, 16],
                "poll_next: six ticks, of which the even are squared",
            )
        })
        .story(
            "A `Stream` is a `poll_next`: it yields a value, the end, or Pending with \
                 a waker stored.",
        ),
        Variant::holds("one-by-one", move || {
            came(block_on_paced(one_by_one(BEAT)), &[0, 1, 2, 3], "4 + 3 + 2 + 1 beats of 10 ms")
        })
        .story("Each request is awaited before the next one is made: the times add up."),
        Variant::holds("buffered", move || {
            came(block_on_paced(buffered(BEAT)), &[0, 1, 2, 3], "two at once, in order")
        })
        .story(
            "Two requests are in flight; results come in the order of the requests, \
                 so that a quick one waits.",
        ),
        Variant::holds("buffer-unordered", move || {
            let done = block_on_paced(buffer_unordered(BEAT));
            let mut all = done.order.clone();
            all.sort_unstable();
            let line = format!("two at once, as they come: {:?}, {}", done.order, ms(done.took));
            expect((done.order[0], all), (1, vec![0, 1, 2, 3]), line)
        })
        .story("Two requests are in flight; each result comes as soon as it is there."),
    ])
}
