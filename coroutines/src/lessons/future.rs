use std::time::Duration;

use coroutines::on_ours::future::{PollCount, Wait, run};
use coroutines::on_tokio::future as on_tokio;
use stage::{Checked, Lesson, Report, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("future", "lazy until polled: poll, Pending, and the waker")
        .story(
            "t1 awaits a signal that t2 sets. A future that answers Pending has promised to wake \
             its task; one that does not is never polled again.",
        )
        .source("coroutines/src/future.rs")
        .python("not_awaited")
        .variants(variants)
}

fn variants() -> [Variant; 4] {
    const PACE: Duration = Duration::from_millis(1);
    let polled = |how, right: fn(&PollCount) -> bool, line: &str| -> Checked {
        let seen = run(how, PACE);
        if seen.before > 0 || !right(&seen) {
            return Err(format!("{seen:?}"));
        }
        let polls = format!("before it was awaited: 0, in all: {}", seen.polls);
        Ok(Report::new(line).fact("polled", polls))
    };
    [
        Variant::breaks("forgets-its-waker", move || {
            let lost = |seen: &PollCount| !seen.done && seen.polls == 1;
            polled(Wait::ForgetsItsWaker, lost, "the signal is set; an hour later it still waits")
        })
        .story("It answers Pending and stores no waker: the signal can wake nothing."),
        Variant::holds("wakes-itself", move || {
            let busy = |seen: &PollCount| seen.done && seen.polls > 10;
            polled(Wait::WakesItself, busy, "it ends, and is polled all the time")
        })
        .story("It wakes its own task whenever it answers Pending, and so busy-waits."),
        Variant::holds("keeps-its-waker", move || {
            let twice = |seen: &PollCount| seen.done && seen.polls == 2;
            polled(Wait::KeepsItsWaker, twice, "it ends, and is polled twice")
        })
        .story("It stores its latest waker: one poll to ask, one when it is woken."),
        Variant::holds("on-tokio", || {
            use on_tokio::{Wait, run};
            // Between two turns of `t2`, tokio polls a task that wakes itself up to 61 times.
            let all = [Wait::ForgetsItsWaker, Wait::WakesItself, Wait::KeepsItsWaker]
                .map(|how| run(how, PACE / 50));
            let polls = (all[0].polls, all[1].polls > 10, all[2].polls);
            let wanted = ((1, true, 2), [false, true, true]);
            expect((polls, all.map(|seen| seen.done)), wanted, "the same, poll by poll")
        })
        .story("The same futures on tokio: the contract is between a future and its waker."),
    ]
}
