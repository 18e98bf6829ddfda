//! The lost update, and what mends it.

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_safety::{Window, model, real};

/// How often each thread adds 1 in the first round; each further one is twice as long.
const UPDATES: u32 = 1_000_000;

/// How many rounds are played at the most until one loses an update: 510 million updates in all.
const ROUNDS: u32 = 8;

/// A form that holds plays so many, whatever comes out, and shorter ones.
const ROUNDS_THAT_HOLD: u32 = 2;
const UPDATES_THAT_HOLD: u32 = 100_000;

type Run = fn(&real::lost_update::Plan) -> i64;
type Modelled = fn(&model::lost_update::Plan) -> i64;

pub(crate) fn lost_update() -> Lesson {
    Lesson::new("lost-update", "+1 and -1 on two threads, and the sum is not 0")
        .story(
            "t1 and t2 read the counter, add to what they read, and write it back. The last \
             write overwrites the other one.",
        )
        .source("thread-safety/src/lost_update/")
        .variants(lost_update_variants)
}

fn lost_update_variants() -> Vec<Variant> {
    use real::lost_update::{atomic, channel, compare_exchange, mutex, racy, sharded};
    let both_read = Window::until_both_have_read;
    Vec::from([
        once_each(
            Variant::breaks("racy", || loses_one(racy::run)).story(
                "Each thread reads the counter, then writes it: the last write \
                     overwrites the other thread's.",
            ),
            model::lost_update::racy::run,
        ),
        modelled(
            Variant::breaks("racy-three", || loses_two(racy::run)).story(
                "Three threads read before any of them writes, so two of three \
                     increments are lost.",
            ),
            ("3 threads", &[1, 1, 1], 1),
            model::lost_update::racy::run,
        ),
        modelled(
            Variant::breaks("racy-hammered", || loses_many(racy::run)).story(
                "Two threads add 1 a million times each in two steps, and nothing widens \
                     the moment in between.",
            ),
            ("2 threads, twice", &[1, 1], 2),
            model::lost_update::racy::run,
        ),
        once_each(
            Variant::holds("mutex", || {
                loses_none("one critical section", mutex::run, Window::for_a_moment())
            })
            .story(
                "The read and the write are one critical section, so no other thread \
                     comes in between.",
            ),
            model::lost_update::mutex::run,
        ),
        once_each(
            Variant::holds("atomic", move || {
                loses_none("one atomic addition", atomic::run, both_read())
            })
            .story("`fetch_add` reads, adds and writes in one atomic step."),
            model::lost_update::atomic::run,
        ),
        once_each(
            Variant::holds("compare-exchange", move || {
                loses_none("tried again", compare_exchange::run, both_read())
            })
            .story(
                "The write succeeds only if the counter still shows what was read; else \
                     the thread tries again.",
            ),
            model::lost_update::compare_exchange::run,
        ),
        once_each(
            Variant::holds("channel", move || loses_none("one owner", channel::run, both_read()))
                .story(
                    "One thread owns the counter, and the others send it their changes, so \
                     nothing is shared.",
                ),
            model::lost_update::channel::run,
        ),
        once_each(
            Variant::holds("sharded", move || {
                loses_none("a counter each", sharded::run, both_read())
            })
            .story(
                "Each thread has a counter of its own, which no other one overwrites; \
                         the sum is taken in the end.",
            ),
            model::lost_update::sharded::run,
        ),
    ])
}

/// Adds the model: so many threads, each of which adds its change so often.
fn modelled(
    form: Variant,
    (size, changes, updates): (&'static str, &'static [i64], u32),
    run: Modelled,
) -> Variant {
    let sum = changes.iter().sum::<i64>() * i64::from(updates);
    form.explored_for(size, "lose one", [sum], move || {
        run(&model::lost_update::Plan::new(changes, updates, Window::told()))
    })
}

fn once_each(form: Variant, run: Modelled) -> Variant {
    modelled(form, ("2 threads", &[1, 1], 1), run)
}

/// Adds 1 and −1, once each.
fn once(run: Run, window: Window) -> i64 {
    run(&real::lost_update::Plan::new([1, -1], 1, window))
}

fn loses_one(run: Run) -> Checked {
    match once(run, Window::until_both_have_read()) {
        0 => Err("+1 and -1 came to 0".into()),
        left => Ok(Report::new(format!("both read 0, wrote 1 and -1: {left} is left"))),
    }
}

fn loses_two(run: Run) -> Checked {
    match run(&real::lost_update::Plan::new([1, 1, 1], 1, Window::until_all_have_read(3))) {
        1 => Ok(Report::new("all read 0 and wrote 1: 1 is left of 3")),
        left => Err(format!("three increments came to {left}")),
    }
}

fn loses_many(run: Run) -> Checked {
    let seen = real::lost_update::hammer(run, UPDATES, ROUNDS);
    let told = format!("lost {} of {} updates", grouped(seen.lost), grouped(seen.updates));
    if seen.lost == 0 { Err(told) } else { Ok(Report::new(told)) }
}

fn loses_none(how: &str, run: Run, window: Window) -> Checked {
    let left = once(run, window);
    let seen = real::lost_update::hammer(run, UPDATES_THAT_HOLD, ROUNDS_THAT_HOLD);
    let told = format!("{how}: lost {} of {} updates", grouped(seen.lost), grouped(seen.updates));
    if (left, seen.lost) == (0, 0) {
        Ok(Report::new(told))
    } else {
        Err(format!("{told}; {left} is left"))
    }
}
