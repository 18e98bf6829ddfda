//! The lessons without a circle of locks: other things to wait for, and other ways not to get on.

use std::time::Duration;

use deadlock::{Metronome, async_guard, model, real, starvation};
use stage::{Form, Lesson, Report, expect};

pub(crate) fn channels() -> Lesson {
    use real::channels::{
        both_receive, both_send, one_speaks, room_for_one, sender_dropped, sender_kept,
    };
    let modelled = |form: Form, run: fn() -> [u32; 2]| {
        form.explored("2 threads", "deadlock", move || assert_eq!(run(), [2, 1]))
    };
    Lesson::new(
        "deadlock/src/channels.rs",
        [
            modelled(
                Form::deadlocks("both-receive", both_receive)
                    .story("Each thread receives before it sends, so neither of them ever sends."),
                model::channels::both_receive,
            ),
            modelled(
                Form::deadlocks("both-send", both_send).story(
                    "Each thread sends first over a channel without room, so each waits for \
                     the other to receive.",
                ),
                model::channels::both_send,
            ),
            modelled(
                Form::holds("one-speaks", || {
                    expect(one_speaks(), [2, 1], "t1 sends, then receives; t2 the other way round")
                })
                .story(
                    "One thread sends first and the other receives first: a protocol, in \
                     which every wait is met.",
                ),
                model::channels::one_speaks,
            ),
            modelled(
                Form::holds("room-for-one", || {
                    expect(room_for_one(), [2, 1], "both send first, and there is room")
                })
                .story(
                    "The channel has room for one message, so a thread can send before the \
                     other one receives.",
                ),
                model::channels::room_for_one,
            ),
            Form::deadlocks("sender-kept", sender_kept)
                .story(
                    "A thread that keeps a sender receives until all senders are gone, which \
                     it waits for in vain.",
                )
                .explored("2 threads", "deadlock", model::channels::sender_kept),
            Form::holds("sender-dropped", || {
                expect(sender_dropped(), 1, "t1 hangs up before it receives to the end")
            })
            .story(
                "The thread drops its own sender first, so receiving ends when the last \
                 other sender is gone.",
            )
            .explored("2 threads", "deadlock", || assert_eq!(model::channels::sender_dropped(), 1)),
        ],
    )
}

pub(crate) fn join_cycle() -> Lesson {
    use real::join_cycle::{by_the_starter, ring};
    Lesson::new(
        "deadlock/src/join_cycle.rs",
        [
            Form::deadlocks("ring", ring)
                .story(
                    "Each of three threads joins the next one before it ends, so none of \
                     them can end.",
                )
                .explored("3 threads", "deadlock", model::join_cycle::ring),
            Form::holds("by-the-starter", || {
                expect(by_the_starter(), 3, "the parent joins all three, and they join nobody")
            })
            .story(
                "The parent thread joins all three, and they join nobody: a tree of \
                 waits has no cycle.",
            )
            .explored("3 threads", "deadlock", || {
                assert_eq!(model::join_cycle::by_the_starter(), 3)
            }),
        ],
    )
}

pub(crate) fn pool() -> Lesson {
    use real::pool::{helps, waits};
    let modelled = |form: Form, run: fn() -> [u32; 2]| {
        form.explored("2 workers", "deadlock", move || assert_eq!(run(), [11, 22]))
    };
    Lesson::new(
        "deadlock/src/pool.rs",
        [
            modelled(
                Form::deadlocks("waits", waits).story(
                    "Each worker's task waits for a task that is still queued, and no worker \
                     is left to run it.",
                ),
                model::pool::waits,
            ),
            modelled(
                Form::holds("helps", || {
                    expect(helps(), [11, 22], "a task that waits runs what is queued meanwhile")
                })
                .story(
                    "A task that waits for another one first runs what is queued, so the \
                     inner tasks are run.",
                ),
                model::pool::helps,
            ),
        ],
    )
}

pub(crate) fn async_guard() -> Lesson {
    use async_guard::{async_lock, async_opposite, ended_before, held_across};
    Lesson::new(
        "deadlock/src/async_guard.rs",
        [
            Form::deadlocks("held-across", held_across).story(
                "t1 yields with std's lock held; t2 blocks the one thread that t1 needs \
                 to release it.",
            ),
            Form::deadlocks("async-opposite", async_opposite).story(
                "Two tasks acquire two of tokio's locks in opposite orders: they yield \
                 while they wait, and wait for ever.",
            ),
            Form::holds("ended-before", || {
                expect(ended_before(), 2, "the guard is dropped before the await")
            })
            .story("The guard is dropped before the await, so no task yields with a lock held."),
            Form::holds("async-lock", || {
                expect(async_lock(), 2, "tokio's lock yields while it waits")
            })
            .story(
                "tokio's lock yields while it waits, so the task that holds it gets the \
                     thread back.",
            ),
        ],
    )
}

pub(crate) fn livelock() -> Lesson {
    use real::livelock::{one_gives_way, polite, random_pause};
    let beat = || Metronome::of(2, Duration::from_millis(1));
    Lesson::new(
        "deadlock/src/livelock.rs",
        [
            Form::breaks("polite", move || {
                let line = "in 8 rounds, nobody had both locks, and nobody was blocked";
                expect(polite(8, beat()), [None, None], line)
            })
            .story(
                "Both threads back off at once, every time: nobody is blocked, and \
                 nobody makes progress.",
            )
            .explored("2 threads, 2 rounds", "get nowhere", || {
                let tries = model::livelock::polite(2, Metronome::silent());
                assert!(tries.iter().any(Option::is_some), "both gave way twice");
            }),
            Form::holds("random-pause", move || match random_pause(100, beat()) {
                [Some(one), Some(other)] => {
                    Ok(Report::new(format!("both had both locks, in rounds {one} and {other}")))
                }
                tries => Err(format!("not in 100 rounds: {tries:?}")),
            })
            .story(
                "Each thread backs off for a random number of rounds, so they fall out \
                 of step sooner or later.",
            ),
            Form::holds("one-gives-way", move || {
                expect(
                    one_gives_way(beat()),
                    true,
                    "t2 backed off, t1 did not; both had both locks",
                )
            })
            .story(
                "Only t2 backs off; t1 keeps its lock and waits, so one of the two \
                 always makes progress.",
            )
            .explored("2 threads", "get nowhere", || {
                model::livelock::one_gives_way(Metronome::silent());
            }),
        ],
    )
}

pub(crate) fn starvation() -> Lesson {
    use starvation::{in_turn, unfair};
    Lesson::new(
        "deadlock/src/starvation.rs",
        [
            Form::breaks("unfair", || {
                let meals = unfair(10);
                let line = format!(
                    "{} meals for its neighbours, none for the middle one in {} tries",
                    meals.neighbours, meals.tries
                );
                if meals.tries < 10 {
                    return Err(format!("it hardly tried: {meals:?}"));
                }
                expect((meals.middle, meals.neighbours), (0, 20), line)
            })
            .story(
                "A free fork goes to the first to ask; the neighbours' meals overlap, so \
                 the middle one never gets both.",
            ),
            Form::holds("in-turn", || {
                let line = in_turn(10);
                if !line.served.is_sorted() || line.served.len() != 30 || line.most_ahead > 2 {
                    return Err(format!("someone was overtaken: {line:?}"));
                }
                Ok(Report::new(format!(
                    "10 meals for each, in the order of asking; at most {} others were ahead",
                    line.most_ahead
                )))
            })
            .story("Turns are handed out in FIFO order, so nobody is overtaken."),
        ],
    )
}
