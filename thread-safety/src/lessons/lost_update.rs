//! The lost update, and what fixes it.

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_safety::model::{lane::SyncPoint as ModelPoint, lost_update as model};
use thread_safety::real::lane::SyncPoint;
use thread_safety::real::lost_update::{self as real, Plan, stress};

type Run = fn(&Plan) -> i64;
type ModelRun = fn(&model::Plan) -> i64;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("lost-update", "+1 and -1 on two threads, and the sum is not 0")
        .story(
            "t1 and t2 read the counter, add to what they read, and write it back. The last \
             write overwrites the other one.",
        )
        .python("lost_update")
        .source("thread-safety/src/lost_update.rs")
        .mutants(super::weakened::lost_update())
        .variants(variants)
}

fn variants() -> [Variant; 8] {
    let once = ("2 threads", &[1, 1][..], 1);
    let holds = |name, how, run: Run, model, point: fn() -> SyncPoint| {
        modelled(Variant::holds(name, move || loses_none(how, run, point())), model, once)
    };
    let meeting = || SyncPoint::until_all(2);
    [
        modelled(Variant::breaks("racy", loses_one), model::racy, once)
            .story("Each reads the counter, then writes it: the later write overwrites the other."),
        modelled(
            Variant::breaks("racy-three", loses_two),
            model::racy,
            ("3 threads", &[1, 1, 1], 1),
        )
        .story("Three threads read before any of them writes: two of three increments are lost."),
        modelled(
            Variant::breaks("racy-hammered", loses_many),
            model::racy,
            ("2 threads, twice", &[1, 1], 2),
        )
        .story("Two threads add 1 a million times each in two steps, and none waits in between."),
        holds("mutex", "one critical section", real::mutex, model::mutex, SyncPoint::for_a_moment)
            .story("The read and the write are one critical section: no thread comes in between."),
        holds("atomic", "one atomic addition", real::atomic, model::atomic, meeting)
            .story("`fetch_add` reads, adds and writes in one atomic step."),
        holds(
            "compare-exchange",
            "tried again",
            real::compare_exchange,
            model::compare_exchange,
            meeting,
        )
        .story("Writes only if the counter still shows what was read; else tries again."),
        holds("channel", "one owner", real::channel, model::channel, meeting)
            .story("One thread owns the counter, and the others send it their changes."),
        holds("sharded", "a counter each", real::sharded, model::sharded, meeting)
            .story("Each thread has a counter of its own; the sum is taken in the end."),
    ]
}

/// Adds the model: a thread for each change, which adds it `updates` times.
fn modelled(
    variant: Variant,
    run: ModelRun,
    (size, changes, updates): (&'static str, &'static [i64], u32),
) -> Variant {
    let sum = changes.iter().sum::<i64>() * i64::from(updates);
    variant.explored_for(size, "the counter", "lose one", [sum], move || {
        run(&model::Plan::new(changes, updates, ModelPoint::stepped()))
    })
}

fn loses_one() -> Checked {
    match real::racy(&Plan::new([1, -1], 1, SyncPoint::until_all(2))) {
        0 => Err("+1 and -1 came to 0".into()),
        left => Ok(Report::new(format!("both read 0, wrote 1 and -1: {left} is left"))),
    }
}

fn loses_two() -> Checked {
    let left = real::racy(&Plan::new([1, 1, 1], 1, SyncPoint::until_all(3)));
    stage::expect(left, 1, "all read 0 and wrote 1: 1 is left of 3")
}

/// Stresses for at most 8 rounds, 510 million updates in all.
fn loses_many() -> Checked {
    let seen = stress(real::racy, 1_000_000, 8);
    let line = format!("lost {} of {} updates", grouped(seen.lost), grouped(seen.updates));
    if seen.lost == 0 { Err(line) } else { Ok(Report::new(line)) }
}

fn loses_none(how: &str, run: Run, point: SyncPoint) -> Checked {
    let left = run(&Plan::new([1, -1], 1, point));
    let seen = stress(run, 100_000, 2);
    let line = format!("{how}: lost {} of {} updates", grouped(seen.lost), grouped(seen.updates));
    match (left, seen.lost) {
        (0, 0) => Ok(Report::new(line)),
        _ => Err(format!("{line}; {left} is left")),
    }
}
