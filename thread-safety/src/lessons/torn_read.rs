//! The torn read, and what fixes it.

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_safety::model::{lane::SyncPoint as ModelPoint, torn_read as model};
use thread_safety::real::lane::SyncPoint;
use thread_safety::real::torn_read::{self as real, Plan, Reads, stress};

/// How often the pair is written and read in the first round; each further one is twice as long.
const TIMES: u64 = 300_000;

/// How many rounds are run at most until one tears a pair: 77 million writes and reads in all.
const ROUNDS: u32 = 8;

type Run = fn(&Plan) -> Reads;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("torn-read", "two words are written, and a pair is read that never was")
        .story("t1 writes one half after the other; t2 reads in between: half new, half old.")
        .source("thread-safety/src/{torn_read,seq_lock}.rs")
        .mutants(super::weakened::torn_read())
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    let (old, new) = (Some([0, 0]), Some([1, 1]));
    let modelled = |variant: Variant, right: &[_], run: fn(&model::Plan) -> model::Reads| {
        variant.explored_for("2 threads", "t2's reading", "tear it", right, move || {
            run(&model::Plan { writes: 1, reads: 1, point: ModelPoint::stepped() }).first
        })
    };
    [
        modelled(
            Variant::breaks("racy", tears_one)
                .story("Each of the two halves is atomic, to write and to read; the pair is not."),
            &[old, new],
            model::racy,
        ),
        Variant::breaks("racy-hammered", tears_many)
            .story("The same as `racy`, 300 000 times and more, without a wait in between."),
        modelled(
            Variant::holds("seq-lock", || tears_none(real::seq_lock, SyncPoint::until_all(2)))
                .story("A reader that sees an odd or changed number discards what it has read."),
            &[old, new, None],
            model::seq_lock,
        ),
        modelled(
            Variant::holds("mutex", || tears_none(real::mutex, SyncPoint::for_a_moment()))
                .story("A reader waits until both halves are written and the lock is released."),
            &[old, new],
            model::mutex,
        ),
    ]
}

/// Writes and reads once each, the read in the middle of the write if it can be.
fn once(run: Run, point: SyncPoint) -> Reads {
    run(&Plan { writes: 1, reads: 1, point })
}

fn tears_one() -> Checked {
    let read = once(real::racy, SyncPoint::until_all(2)).first;
    stage::expect(read, Some([1, 0]), "read 1, 0: a pair that was never written")
}

fn tears_many() -> Checked {
    let Reads { torn, whole, .. } = stress(real::racy, TIMES, ROUNDS);
    let line = format!("torn: {} of {} reads", grouped(torn), grouped(torn + whole));
    if torn == 0 { Err(line) } else { Ok(Report::new(line)) }
}

fn tears_none(run: Run, point: SyncPoint) -> Checked {
    let (one, Reads { whole, torn, refused, .. }) = (once(run, point), stress(run, TIMES, 1));
    let first = match one.first {
        None => "a reader had to try again".to_owned(),
        Some([left, right]) => format!("a reader waited: {left}, {right}"),
    };
    let reads = grouped(whole + torn + refused);
    let mut line = format!("{first}; torn: {torn} of {reads} reads");
    if refused > 0 {
        line += &format!(", {} refused", grouped(refused));
    }
    if (one.torn, torn, one.last) == (0, 0, Some([1, 1])) {
        Ok(Report::new(line))
    } else {
        Err(line)
    }
}
