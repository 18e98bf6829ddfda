//! `worker`: a thread as an object, and how it is ended.

use std::any::Any;

use kit::sync_point::SyncPoint;
use stage::{Checked, Lesson, Report, Variant, expect};
use threads_basics::model;
use threads_basics::real::worker::own_run::{AddsUp, Repeats, Runnable};
use threads_basics::real::worker::panics::{TooLarge, heard, heard_as_it_was_thrown, unheard};
use threads_basics::real::worker::{Total, flag, flag_unseen, hung_up, message};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("worker", "a thread as an object, and how it is ended")
        .story("A struct moves into its thread, which returns it; a blocked thread sees no flag.")
        .python("worker")
        .source("threads-basics/src/worker/")
        .variants(variants)
}

fn variants() -> [Variant; 6] {
    let in_rounds = || SyncPoint::of(2).in_rounds();
    [
        Variant::deadlocks("flag-unseen", move || flag_unseen::Worker::start(&in_rounds()).stop())
            .story("The worker blocks in recv and sees no flag, while its owner waits for it.")
            .explored("owner and worker", "deadlock", || {
                model::worker::flag_unseen::Worker::start(&SyncPoint::none()).stop().is_ok()
            }),
        Variant::holds("flag", move || stopped_by_flag(&in_rounds())).story(
            "The worker looks at the flag between two short steps, and ends after its step.",
        ),
        Variant::holds("hung-up", hangs_up)
            .story("The owner drops the sender: recv fails when all that was sent is added up.")
            .explored_for("owner and worker", "lose a number", [(2, 3)], || {
                let worker = model::worker::hung_up::Worker::start();
                (1..=2).for_each(|number| worker.send(number));
                let total = worker.stop().expect("it does not panic");
                (total.numbers, total.sum)
            }),
        Variant::holds("panics", || {
            expect(heard_as_it_was_thrown(), TooLarge(3), "")?;
            let text = heard();
            let line = format!("join returns it as an error: “{text}”");
            expect(text.as_str(), "3 is too large", line)
        })
        .story("The worker panics, and join returns its message as an error."),
        Variant::breaks("unheard", || {
            expect(unheard(), 2, "its handle was dropped: 2 of 5 steps done, and nobody is told")
        })
        .story("The handle is dropped, so that no join reports the worker's panic."),
        Variant::holds("own-run", own_run).story(
            "Two types have a run of their own, and start from a trait; run itself is a call.",
        ),
    ]
}

fn stopped_by_flag(in_rounds: &SyncPoint) -> Checked {
    let total = flag::Worker::start(in_rounds).stop().map_err(panicked)?;
    let Total { numbers, sum } = total;
    if numbers < 3 || sum != (1..=u64::from(numbers)).sum::<u64>() {
        return Err(format!("it returned {total:?}"));
    }
    Ok(Report::new("told to stop, it ends its step and returns its state"))
}

fn hangs_up() -> Checked {
    let worker = hung_up::Worker::start();
    (1..=3).for_each(|number| worker.send(number));
    let total = worker.stop().map_err(panicked)?;
    let line = "no more can come: it ends when it has added up 1, 2, 3";
    expect(total, Total { numbers: 3, sum: 6 }, line)
}

fn own_run() -> Checked {
    let mut worker = AddsUp { last: 10, ..AddsUp::default() };
    let thread = Repeats("ha".to_owned()).start();
    let started = worker.clone().start().join().map_err(panicked)?;
    let repeated = thread.join().map_err(panicked)?.0;
    worker.run();
    let caller = std::thread::current().name().map(str::to_owned);
    let on_worker = Some("worker".to_owned());
    let line = "started: 55 and “hahaha”, on threads of their own";
    let wanted = (55, on_worker, "hahaha", 55, caller);
    expect((started.sum, started.ran_on, &*repeated, worker.sum, worker.ran_on), wanted, line)
        .map(|report| report.fact("run()", "called directly: 55, on the caller's thread"))
}

fn panicked(payload: Box<dyn Any + Send>) -> String {
    format!("the worker panicked: {}", message(&*payload).unwrap_or("without a text"))
}
