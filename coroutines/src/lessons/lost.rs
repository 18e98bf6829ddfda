//! The lessons on what is lost when tasks end early.

use std::time::Duration;

use coroutines::on_ours;
use coroutines::on_tokio::cancel as cut;
use coroutines::shutdown as ends;
use coroutines::tokio_runtime::{block_on_paced, paced};
use stage::{Checked, Lesson, Report, Variant, expect};

pub(crate) fn cancel() -> Lesson {
    Lesson::new("cancel", "what is lost when a future is dropped at an await")
        .story(
            "Each form's future is dropped at its first await, another one at its second, and \
             so on; then everything is counted.",
        )
        .source("coroutines/src/cancel.rs")
        .variants(cancel_variants)
}

fn cancel_variants() -> Vec<Variant> {
    use cut::{Cut, buffer_inside, buffer_outside, half_done, reserve, rolled_back, send, spawned};
    type Made = fn(usize) -> Option<Cut>;
    let dropped = |form: Made, breaks: bool, what: &str| -> Checked {
        let cuts = cut::at_each_await(form);
        let losing = cuts.iter().filter(|cut| cut.lost > 0).count();
        if cuts.is_empty() || (losing > 0) != breaks {
            return Err(format!("{losing} of {} drops lost something: {cuts:?}", cuts.len()));
        }
        let lost: Vec<_> = cuts.iter().map(|cut| cut.lost.to_string()).collect();
        let after: Vec<_> = cuts.iter().map(|cut| cut.after.as_str()).collect();
        let awaits = if cuts.len() == 1 {
            "its await".to_owned()
        } else {
            format!("await 1 to {}", cuts.len())
        };
        let line = format!("dropped at {awaits}: lost {}", lost.join(", "));
        Ok(Report::new(line).fact(what.to_owned(), after.join(", ")))
    };
    let breaks = |name, form, what| Variant::breaks(name, move || dropped(form, true, what));
    let holds = |name, form, what| Variant::holds(name, move || dropped(form, false, what));
    Vec::from([
        breaks("buffer-inside", buffer_inside as Made, "next frame").story(
            "The half-read frame is a local variable of the future, and is dropped \
                 with it.",
        ),
        holds("buffer-outside", buffer_outside, "next frame").story(
            "The half-read frame is kept beside the connection: the next call resumes \
                 where the dropped one was.",
        ),
        breaks("send", send, "received").story(
            "The message is an argument of `send`: a send that is dropped while it \
                 waits for room drops it, too.",
        ),
        holds("reserve", reserve, "received").story(
            "`reserve` waits for room without the message, which is handed over \
                 afterwards, without an await.",
        ),
        breaks("half-done", half_done, "accounts").story(
            "Dropped between withdrawal and deposit, the transfer is half done: \
                 nothing undoes the first half.",
        ),
        holds("rolled-back", rolled_back, "accounts").story(
            "A destructor puts the money back unless it has arrived: destructors run \
                 when a future is dropped.",
        ),
        holds("spawned", spawned, "accounts").story(
            "The transfer is a task of its own: only the wait for it is cancelled, \
                 and the task runs to its end.",
        ),
        Variant::holds("on-ours", || {
            use on_ours::cancel as ours;
            let lost = |form: fn(usize) -> Option<ours::Cut>| -> u32 {
                ours::at_each_await(form).iter().map(|cut| cut.lost).sum()
            };
            let broken =
                [ours::buffer_inside as fn(usize) -> _, ours::send, ours::half_done].map(lost);
            let mended = [
                ours::buffer_outside as fn(usize) -> _,
                ours::reserve,
                ours::rolled_back,
                ours::spawned,
            ];
            expect(
                (broken, mended.map(lost)),
                ([6, 1, 10], [0; 4]),
                "our executor: the same is lost, and kept",
            )
        })
        .story(
            "The same variants on our executor: what a drop costs does not depend on \
                 the runtime.",
        ),
    ])
}

pub(crate) fn shutdown() -> Lesson {
    Lesson::new("shutdown", "how tasks are told to end, in order")
        .story(
            "Three stages: accept, work, store. Dropped where they wait, they lose what they \
             had accepted.",
        )
        .source("coroutines/src/shutdown.rs")
        .variants(shutdown_variants)
}

fn shutdown_variants() -> Vec<Variant> {
    use ends::{Ended, dropped, in_order, with_a_limit};
    const BEAT: Duration = Duration::from_millis(8);
    let all = |ended: Ended, aborted: usize, line: &str| {
        if ended.accepted == 0 || ended.accepted != ended.stored || ended.aborted != aborted {
            return Err(format!("something was lost: {ended:?}"));
        }
        Ok(Report::new(format!("{} accepted, {} stored; {line}", ended.accepted, ended.stored)))
    };
    Vec::from([
        Variant::breaks("dropped", || {
            let ended = dropped(BEAT, paced());
            if ended.accepted <= ended.stored {
                return Err(format!("nothing was lost: {ended:?}"));
            }
            Ok(Report::new(format!(
                "{} accepted, {} stored: the rest is gone",
                ended.accepted, ended.stored
            )))
        })
        .story(
            "The runtime is dropped while tasks wait: every future is dropped at its \
                 await, with what it had accepted.",
        ),
        Variant::holds("in-order", move || {
            all(block_on_paced(in_order(BEAT)), 0, "each stage ended after its input")
        })
        .story(
            "The first stage is told to stop and closes its channel; each stage ends \
                 when its input has ended.",
        ),
        Variant::holds("with-a-limit", move || {
            all(
                block_on_paced(with_a_limit(BEAT)),
                1,
                "the one that did not end in time was aborted",
            )
        })
        .story(
            "As in-order, with a timeout: the task that is still there then is \
                 aborted, and counted.",
        ),
    ])
}
