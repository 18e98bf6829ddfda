//! `worker`: a thread as an object, and how it is ended.

use kit::sync_point::SyncPoint;
use stage::{Checked, Lesson, Variant, expect};
use threads_basics::model;
use threads_basics::real::worker::{
    AddsUp, ChannelWorker, FlagWorker, Repeats, Runnable, Total, flag_unseen, heard, message,
    unheard,
};

const ENDS: &str = "this worker does not panic";

pub(crate) fn lesson() -> Lesson {
    Lesson::new("worker", "a thread as an object, and how it is ended")
        .story("A struct moves into its thread, which returns it; a blocked thread sees no flag.")
        .python("worker")
        .source("threads-basics/src/worker.rs")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    let in_rounds = || SyncPoint::of(2).in_rounds();
    let fail = |step| assert!(step < 3, "{step} is too large");
    [
        Variant::deadlocks("flag-unseen", move || flag_unseen(&in_rounds()))
            .story("The worker blocks in recv and sees no flag, while its owner waits for it.")
            .explored("owner and worker", "deadlock", || {
                model::worker::flag_unseen(&SyncPoint::none()).is_ok()
            }),
        Variant::holds("flag", move || stopped_by_flag(&in_rounds()))
            .story("The worker looks at the flag after each short step, and ends when it is set."),
        Variant::holds("hung-up", hangs_up)
            .story("The owner drops the sender: recv fails when all that was sent is added up.")
            .explored_for("owner and worker", "count, sum", "lose a number", [(2, 3)], || {
                let worker = model::worker::ChannelWorker::start();
                (1..=2).for_each(|number| worker.send(number));
                let total = worker.stop().expect(ENDS);
                (total.numbers, total.sum)
            }),
        Variant::holds("panics", move || {
            let line = "join returns it as an error: “3 is too large”";
            expect(message(&*heard(fail)), Some("3 is too large"), line)
        })
        .story("The worker panics, and join returns its message as an error."),
        Variant::breaks("unheard", move || {
            let line = "its handle was dropped: 2 of 5 steps done, and nobody is told";
            expect(unheard(fail), 2, line)
        })
        .story("The handle is dropped, so that no join reports the worker's panic."),
        Variant::holds("own-run", own_run).story(
            "Two types have a run of their own, and start from a trait; run itself is a call.",
        ),
    ]
}

fn stopped_by_flag(in_rounds: &SyncPoint) -> Checked {
    let Total { numbers, sum } = FlagWorker::start(in_rounds).stop().expect(ENDS);
    let line = "told to stop, it ends its step and returns its state";
    expect((numbers >= 3, sum), (true, (1..=u64::from(numbers)).sum()), line)
}

fn hangs_up() -> Checked {
    let worker = ChannelWorker::start();
    (1..=3).for_each(|number| worker.send(number));
    let line = "its sender is dropped: it adds up 1, 2, 3, and ends";
    expect(worker.stop().expect(ENDS), Total { numbers: 3, sum: 6 }, line)
}

fn own_run() -> Checked {
    let mut worker = AddsUp { last: 10, ..AddsUp::default() };
    let started = worker.clone().start().join().expect(ENDS);
    let Repeats(repeated) = Repeats("ha".to_owned()).start().join().expect(ENDS);
    worker.run();
    let caller = std::thread::current().name().map(str::to_owned);
    let wanted = (55, Some("worker".to_owned()), "hahaha", 55, caller);
    let line = "started: 55 and “hahaha”, on threads of their own";
    expect((started.sum, started.ran_on, &*repeated, worker.sum, worker.ran_on), wanted, line)
        .map(|report| report.fact("run()", "called directly: 55, on the caller's thread"))
}
