//! The lessons without a circle of locks: other things to wait for, and other ways not to get on.

use std::time::Duration;

use deadlock::{Metronome, async_guard, model, real, starvation};
use stage::{Lesson, Report, Variant, expect};

pub(crate) fn channels() -> Lesson {
    Lesson::new("channels", "two threads that each wait for the other to speak")
        .story(
            "No lock in sight: to receive is to wait, and over a channel without room so is to \
             send.",
        )
        .source("deadlock/src/channels.rs")
        .variants(channels_variants)
}

fn channels_variants() -> Vec<Variant> {
    use real::channels::{
        both_receive, both_send, one_speaks, room_for_one, sender_dropped, sender_kept,
    };
    let modelled = |form: Variant, run: fn() -> [u32; 2]| {
        form.explored("2 threads", "deadlock", move || assert_eq!(run(), [2, 1]))
    };
    Vec::from([
        modelled(
            Variant::deadlocks("both-receive", both_receive)
                .story("Each thread receives before it sends, so neither of them ever sends."),
            model::channels::both_receive,
        ),
        modelled(
            Variant::deadlocks("both-send", both_send).story(
                "Each thread sends first over a channel without room, so each waits for \
                     the other to receive.",
            ),
            model::channels::both_send,
        ),
        modelled(
            Variant::holds("one-speaks", || {
                expect(one_speaks(), [2, 1], "t1 sends, then receives; t2 the other way round")
            })
            .story(
                "One thread sends first and the other receives first: a protocol, in \
                     which every wait is met.",
            ),
            model::channels::one_speaks,
        ),
        modelled(
            Variant::holds("room-for-one", || {
                expect(room_for_one(), [2, 1], "both send first, and there is room")
            })
            .story(
                "The channel has room for one message, so a thread can send before the \
                     other one receives.",
            ),
            model::channels::room_for_one,
        ),
        Variant::deadlocks("sender-kept", sender_kept)
            .story(
                "A thread that keeps a sender receives until all senders are gone, which \
                     it waits for in vain.",
            )
            .explored("2 threads", "deadlock", model::channels::sender_kept),
        Variant::holds("sender-dropped", || {
            expect(sender_dropped(), 1, "t1 hangs up before it receives to the end")
        })
        .story(
            "The thread drops its own sender first, so receiving ends when the last \
                 other sender is gone.",
        )
        .explored("2 threads", "deadlock", || assert_eq!(model::channels::sender_dropped(), 1)),
    ])
}

pub(crate) fn join_cycle() -> Lesson {
    Lesson::new("join-cycle", "threads that join each other")
        .story("t1 waits for the end of t2, t2 for that of t3, t3 for that of t1.")
        .source("deadlock/src/join_cycle.rs")
        .variants(join_cycle_variants)
}

fn join_cycle_variants() -> Vec<Variant> {
    use real::join_cycle::{by_the_starter, ring};
    Vec::from([
        Variant::deadlocks("ring", ring)
            .story(
                "Each of three threads joins the next one before it ends, so none of \
                     them can end.",
            )
            .explored("3 threads", "deadlock", model::join_cycle::ring),
        Variant::holds("by-the-starter", || {
            expect(by_the_starter(), 3, "the parent joins all three, and they join nobody")
        })
        .story(
            "The parent thread joins all three, and they join nobody: a tree of \
                 waits has no cycle.",
        )
        .explored("3 threads", "deadlock", || assert_eq!(model::join_cycle::by_the_starter(), 3)),
    ])
}

pub(crate) fn pool() -> Lesson {
    Lesson::new("pool", "a task that waits for a task of its own pool")
        .story(
            "Two workers, two tasks; each submits another one and waits for it. Nobody is left \
             to run them.",
        )
        .source("deadlock/src/pool.rs")
        .variants(pool_variants)
}

fn pool_variants() -> Vec<Variant> {
    use real::pool::{helps, waits};
    let modelled = |form: Variant, run: fn() -> [u32; 2]| {
        form.explored("2 workers", "deadlock", move || assert_eq!(run(), [11, 22]))
    };
    Vec::from([
        modelled(
            Variant::deadlocks("waits", waits).story(
                "Each worker's task waits for a task that is still queued, and no worker \
                     is left to run it.",
            ),
            model::pool::waits,
        ),
        modelled(
            Variant::holds("helps", || {
                expect(helps(), [11, 22], "a task that waits runs what is queued meanwhile")
            })
            .story(
                "A task that waits for another one first runs what is queued, so the \
                     inner tasks are run.",
            ),
            model::pool::helps,
        ),
    ])
}

pub(crate) fn async_guard() -> Lesson {
    Lesson::new("async-guard", "a lock held across an await")
        .story(
            "Tasks t1 and t2 share a thread. t1 gives way with lock A in its hand; t2 waits for \
             A with the thread in its hand.",
        )
        .source("deadlock/src/async_guard.rs")
        .variants(async_guard_variants)
}

fn async_guard_variants() -> Vec<Variant> {
    use async_guard::{async_lock, async_opposite, ended_before, held_across};
    Vec::from([
        Variant::deadlocks("held-across", held_across).story(
            "t1 yields with std's lock held; t2 blocks the one thread that t1 needs \
                 to release it.",
        ),
        Variant::deadlocks("async-opposite", async_opposite).story(
            "Two tasks acquire two of tokio's locks in opposite orders: they yield \
                 while they wait, and wait for ever.",
        ),
        Variant::holds("ended-before", || {
            expect(ended_before(), 2, "the guard is dropped before the await")
        })
        .story("The guard is dropped before the await, so no task yields with a lock held."),
        Variant::holds("async-lock", || {
            expect(async_lock(), 2, "tokio's lock yields while it waits")
        })
        .story(
            "tokio's lock yields while it waits, so the task that holds it gets the \
                     thread back.",
        ),
    ])
}

pub(crate) fn livelock() -> Lesson {
    Lesson::new("livelock", "polite threads that never get on")
        .story(
            "Each has a lock, wants the other's, gives its own back, and begins again: in step, \
             for ever. Nobody is blocked.",
        )
        .source("deadlock/src/livelock.rs")
        .variants(livelock_variants)
}

fn livelock_variants() -> Vec<Variant> {
    use real::livelock::{one_gives_way, polite, random_pause};
    let beat = || Metronome::of(2, Duration::from_millis(1));
    Vec::from([
        Variant::breaks("polite", move || {
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
        Variant::holds("random-pause", move || match random_pause(100, beat()) {
            [Some(one), Some(other)] => {
                Ok(Report::new(format!("both had both locks, in rounds {one} and {other}")))
            }
            tries => Err(format!("not in 100 rounds: {tries:?}")),
        })
        .story(
            "Each thread backs off for a random number of rounds, so they fall out \
                 of step sooner or later.",
        ),
        Variant::holds("one-gives-way", move || {
            expect(one_gives_way(beat()), true, "t2 backed off, t1 did not; both had both locks")
        })
        .story(
            "Only t2 backs off; t1 keeps its lock and waits, so one of the two \
                 always makes progress.",
        )
        .explored("2 threads", "get nowhere", || {
            model::livelock::one_gives_way(Metronome::silent());
        }),
    ])
}

pub(crate) fn starvation() -> Lesson {
    Lesson::new("starvation", "everyone gets on but one")
        .story(
            "The philosopher in the middle needs both forks at once; its neighbours eat by \
             turns, and one fork is always in use.",
        )
        .source("deadlock/src/starvation.rs")
        .variants(starvation_variants)
}

fn starvation_variants() -> Vec<Variant> {
    use starvation::{in_turn, unfair};
    Vec::from([
        Variant::breaks("unfair", || {
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
        Variant::holds("in-turn", || {
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
    ])
}
