//! The lessons in which one thread is in the middle of something, and another does all of its own.

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_safety::{Window, model, real};

/// How often the pair is written and read in the first round; each further one is twice as long.
const TIMES: u64 = 300_000;

/// How many rounds are played at the most until one tears a pair: 77 million writes and reads in
/// all.
const ROUNDS: u32 = 8;

/// What holds plays one round.
const ONE: u32 = 1;

pub(crate) fn torn_read() -> Lesson {
    Lesson::new("torn-read", "two words are written, and a pair is read that never was")
        .story(
            "t1 writes both, one after the other. t2 reads both in between: one half is new, \
             the other old.",
        )
        .source("thread-safety/src/torn_read/")
        .variants(torn_read_variants)
}

fn torn_read_variants() -> Vec<Variant> {
    use real::torn_read::{mutex, racy, sequence};
    let modelled = |form: Variant, run: fn(&model::torn_read::Plan) -> model::torn_read::Seen| {
        form.explored("2 threads", "tear it", move || {
            let plan = model::torn_read::Plan { writes: 1, reads: 1, window: Window::told() };
            assert!(run(&plan).torn == 0, "a pair came out that was never written");
        })
    };
    Vec::from([
        modelled(
            Variant::breaks("racy", || tears_one(racy::run)).story(
                "The two halves are written and read one by one: each of them is atomic, \
                     the pair is not.",
            ),
            model::torn_read::racy::run,
        ),
        Variant::breaks("racy-hammered", || tears_many(racy::run)).story(
            "The same as `racy`, 300 000 times and more, with nothing to widen the \
                 moment between the halves.",
        ),
        modelled(
            Variant::holds("seq-lock", || {
                tears_none(sequence::run, Window::until_the_other_is_done())
            })
            .story(
                "A reader that sees an odd or a changed sequence number discards what it \
                         has read, and tries again.",
            ),
            model::torn_read::sequence::run,
        ),
        modelled(
            Variant::holds("mutex", || tears_none(mutex::run, Window::for_a_moment())).story(
                "A reader waits until the writer has written both halves and releases \
                     the lock.",
            ),
            model::torn_read::mutex::run,
        ),
    ])
}

/// How often each of two threads takes two nodes and puts them back in the first round; each
/// further one is twice as long.
const EXCHANGES: u32 = 100_000;

pub(crate) fn aba() -> Lesson {
    Lesson::new("aba", "a lock-free stack, and a node that comes back")
        .story(
            "t1 sees A on top of B, and is interrupted. t2 takes A, takes B, and puts A back, \
             on C. t1 finds A on top, as it was, and puts in its place what was below: B, which \
             t2 has.",
        )
        .source("thread-safety/src/aba/")
        .variants(aba_variants)
}

fn aba_variants() -> Vec<Variant> {
    use real::aba::{epoch::Epoch, hammer, play, reused::Reused, tagged::Tagged};
    let modelled = |form: Variant, play: fn(&Window) -> model::aba::Seen| {
        form.explored("2 threads", "break it", move || {
            let seen = play(&Window::told());
            let (lost, doubled) = (names(&seen.lost()), names(&seen.doubled()));
            assert!(seen.whole(), "lost: {lost}; twice: {doubled}");
        })
    };
    fn whole(how: &str, seen: &real::aba::Seen, (hammered, _): &(real::aba::Seen, u32)) -> Checked {
        let taken = seen.taken.each_ref().map(|nodes| names(nodes));
        let told = format!(
            "{how}: t1 has {}, t2 {}; none lost in {} exchanges",
            taken[0],
            taken[1],
            grouped(2 * i64::from(EXCHANGES))
        );
        if seen.whole() && hammered.whole() {
            Ok(Report::new(told))
        } else {
            Err(format!("{seen:?}, {hammered:?}"))
        }
    }
    let wide = Window::until_the_other_is_done;
    Vec::from([
        modelled(
            Variant::breaks("reused", move || broken(&play::<Reused>(&wide()), "")).story(
                "The exchange asks whether A is on top, and A is back: it is taken for a \
                     node that never left.",
            ),
            model::aba::play::<model::aba::reused::Reused>,
        ),
        Variant::breaks("reused-hammered", || {
            let (seen, rounds) = hammer::<Reused>(EXCHANGES, ROUNDS);
            broken(&seen, &format!("; rounds: {rounds}"))
        })
        .story(
            "Two threads each take two nodes and put them back, until the stack has \
                 lost or doubled one.",
        ),
        modelled(
            Variant::holds("tagged", move || {
                whole("another count", &play::<Tagged>(&wide()), &hammer::<Tagged>(EXCHANGES, ONE))
            })
            .story(
                "The top carries a count of all exchanges, so a node that has come back \
                     comes with another count.",
            ),
            model::aba::play::<model::aba::tagged::Tagged>,
        ),
        Variant::holds("epoch", move || {
            whole("another address", &play::<Epoch>(&wide()), &hammer::<Epoch>(EXCHANGES, ONE))
        })
        .story(
            "A node is freed only when no thread can still look at it (epochs), so \
                 its address cannot come back.",
        ),
    ])
}

fn broken(seen: &real::aba::Seen, more: &str) -> Checked {
    let told =
        format!("lost: {}; there twice: {}{more}", names(&seen.lost()), names(&seen.doubled()));
    if seen.whole() { Err(told) } else { Ok(Report::new(told)) }
}

fn names(nodes: &[u32]) -> String {
    if nodes.is_empty() {
        "none".to_owned()
    } else {
        nodes.iter().map(|node| real::aba::name(*node).to_string()).collect::<Vec<_>>().join(", ")
    }
}

type Run = fn(&real::torn_read::Plan) -> real::torn_read::Seen;

/// Writes and reads once each, the read in the middle of the write if it can be.
fn once(run: Run, window: Window) -> real::torn_read::Seen {
    run(&real::torn_read::Plan { writes: 1, reads: 1, window })
}

fn tears_one(run: Run) -> Checked {
    match once(run, Window::until_the_other_is_done()).first {
        Some([left, right]) if left != right => {
            Ok(Report::new(format!("read {left}, {right}: a pair that was never written")))
        }
        other => Err(format!("read {other:?} in the middle of a write")),
    }
}

fn tears_many(run: Run) -> Checked {
    let seen = real::torn_read::hammer(run, TIMES, ROUNDS);
    let told = format!(
        "torn: {} of {} reads",
        grouped(seen.torn as i64),
        grouped((seen.torn + seen.whole) as i64)
    );
    if seen.torn == 0 { Err(told) } else { Ok(Report::new(told)) }
}

fn tears_none(run: Run, window: Window) -> Checked {
    let (one, many) = (once(run, window), real::torn_read::hammer(run, TIMES, ONE));
    let first = one.first.map_or("a reader was sent away".to_owned(), |[left, right]| {
        format!("a reader waited: {left}, {right}")
    });
    let reads = grouped((many.whole + many.torn + many.refused) as i64);
    let again = if many.refused > 0 {
        format!(", {} sent away", grouped(many.refused as i64))
    } else {
        String::new()
    };
    let told = format!("{first}; torn: {} of {reads} reads{again}", many.torn);
    if (one.torn, many.torn, one.last) == (0, 0, Some([1, 1])) {
        Ok(Report::new(told))
    } else {
        Err(told)
    }
}
