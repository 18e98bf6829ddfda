//! The lessons, each with its forms: what runs for real, and what has to come out.

mod at_once;
mod back_pressure;
mod cost;
mod lost;
mod one_thread;
mod served;
mod thread_kept;

pub(crate) use at_once::{join_and_select, stream, timeout};
pub(crate) use back_pressure::{channels, semaphore};
pub(crate) use cost::cost;
pub(crate) use lost::{cancel, shutdown};
pub(crate) use one_thread::{executor, local};
pub(crate) use served::echo;
pub(crate) use thread_kept::{blocking, cpu_bound, guard};

use std::time::Duration;

use coroutines::generator::{COUNT, Event, HandOver, async_fn, expected, stackful, state_machine};
use coroutines::{on_ours, on_tokio};
use stage::{Checked, Lesson, Report, Variant, expect};

pub(crate) fn generator() -> Lesson {
    Lesson::new("generator", "a producer and a consumer that take turns on one thread").story("The consumer asks, the producer makes one value and gives way. Where it goes on is kept in a struct, by hand or by the compiler, or on a second stack.").source("coroutines/src/generator/").variants(generator_variants)
}

fn generator_variants() -> Vec<Variant> {
    const PACE: Duration = Duration::from_millis(2);
    Vec::from([
        Variant::holds("state-machine", || hand_over(&state_machine::run(PACE))).story(
            "The place to resume from is a variant of an enum, drawn by hand; what \
                 lives across a yield is its fields.",
        ),
        Variant::holds("async-fn", || hand_over(&async_fn::run(PACE))).story(
            "The compiler draws the same state machine: an `await` that is pending is \
                 the yield, and `poll` resumes it.",
        ),
        Variant::holds("stackful", || match stackful::run(PACE) {
            Ok(done) => hand_over(&done),
            Err(error) => Err(format!("there is no room for its stack: {error}")),
        })
        .story(
            "An ordinary function on a stack of its own: to yield is to switch \
                 stacks, from inside any call.",
        ),
    ])
}

/// Reports, if control went back and forth as it has to.
fn hand_over(done: &HandOver) -> Checked {
    let said =
        |events: &[Event]| events.iter().map(Event::to_string).collect::<Vec<_>>().join(", ");
    if done.events != expected() || done.threads != 1 {
        return Err(format!("on {} threads: {}", done.threads, said(&done.events)));
    }
    let (first, last) = (&done.events[..4], &done.events[done.events.len() - 2..]);
    Ok(Report::new(format!("{COUNT} values on one thread, each made when asked for"))
        .fact("first", format!("{} …", said(first)))
        .fact("last", said(last)))
}

pub(crate) fn future() -> Lesson {
    Lesson::new("future", "lazy until polled: poll, Pending, and the waker").story("t1 awaits a signal that t2 sets. A future that answers Pending has promised to wake its task; one that does not is never polled again.").source("coroutines/src/future.rs").variants(future_variants)
}

fn future_variants() -> Vec<Variant> {
    use on_ours::future::{Seen, Wait, run};
    const PACE: Duration = Duration::from_millis(1);
    let seen = |how, enough: fn(&Seen) -> bool, line: &str| {
        let seen = run(how, PACE);
        if seen.before > 0 || !enough(&seen) {
            return Err(format!("{seen:?}"));
        }
        Ok(Report::new(line)
            .fact("polled", format!("before it was awaited: 0, in all: {}", seen.polls)))
    };
    Vec::from([
        Variant::breaks("forgets-its-waker", move || {
            let lost = |seen: &Seen| !seen.done && seen.polls == 1;
            seen(Wait::ForgetsItsWaker, lost, "the signal is set, and an hour later it still waits")
        })
        .story(
            "It answers Pending and stores no waker: the signal has nobody to wake, \
                 and the task is never polled again.",
        ),
        Variant::holds("wakes-itself", move || {
            seen(
                Wait::WakesItself,
                |seen| seen.done && seen.polls > 10,
                "it ends, and asks all the time",
            )
        })
        .story(
            "It wakes its own task whenever it answers Pending: it sees the signal, \
                 and busy-waits until then.",
        ),
        Variant::holds("keeps-its-waker", move || {
            seen(
                Wait::KeepsItsWaker,
                |seen| seen.done && seen.polls == 2,
                "it ends, and asks twice",
            )
        })
        .story(
            "It stores the waker of its latest poll where the signal finds it: one \
                 poll to ask, one when it is woken.",
        ),
        Variant::holds("on-tokio", || {
            use on_tokio::future::{Wait, run};
            let [forgets, itself, keeps] =
                [Wait::ForgetsItsWaker, Wait::WakesItself, Wait::KeepsItsWaker]
                    .map(|how| run(how, PACE));
            let polls = (forgets.polls, itself.polls > 10, keeps.polls);
            let done = [forgets, itself, keeps].map(|seen| seen.done);
            expect((polls, done), ((1, true, 2), [false, true, true]), "the same, poll by poll")
        })
        .story(
            "The same three futures on tokio: the contract is between a future and \
                 its waker, whoever polls.",
        ),
    ])
}

pub(crate) fn tasks() -> Lesson {
    Lesson::new("tasks", "spawned, joined, aborted").story("Three tasks take turns on one thread. One ends, one is aborted where it gives way, one panics.").source("coroutines/src/tasks.rs").variants(tasks_variants)
}

fn tasks_variants() -> Vec<Variant> {
    const PACE: Duration = Duration::from_millis(3);
    let line = "t1 returned 2, t2 was aborted, t3 panicked alone";
    Vec::from([
        Variant::holds("ours", move || {
            let wanted = on_ours::tasks::Ends { joined: Some(2), aborted: true, panicked: true };
            expect(on_ours::tasks::run(PACE), wanted, line)
        })
        .story(
            "On our executor: a task ends by returning, by an abort at its await, or \
                 by a panic that stays in its handle.",
        ),
        Variant::holds("tokio", move || {
            let wanted = on_tokio::tasks::Ends { joined: Some(2), aborted: true, panicked: true };
            expect(on_tokio::tasks::run(PACE), wanted, line)
        })
        .story(
            "The same tasks on tokio's current-thread runtime, whose handles tell the \
                 same three ends apart.",
        ),
    ])
}
