//! The lessons, each with its forms: what runs for real, and what has to come out.

mod at_once;
mod lost;
mod served;
mod thread_kept;

pub(crate) use at_once::{Channels, Semaphore, channels, join_and_select, semaphore, stream, timeout};
pub(crate) use lost::{cancel, shutdown};
pub(crate) use served::{Echo, echo};
pub(crate) use thread_kept::{blocking, cpu_bound, guard};

use std::time::Duration;

use coroutines::generator::{COUNT, Event, HandOver, expected, stackful, state_machine};
use stage::{Form, Lesson, Report, Shown};

pub(crate) fn generator() -> Lesson {
    const PACE: Duration = Duration::from_millis(2);
    Lesson::new(
        "coroutines/src/generator/",
        [
            Form::holds("state-machine", || hand_over(&state_machine::run(PACE))),
            Form::holds("stackful", || match stackful::run(PACE) {
                Ok(done) => hand_over(&done),
                Err(error) => Err(format!("there is no room for its stack: {error}")),
            }),
        ],
    )
}

/// Reports, if control went back and forth as it has to.
fn hand_over(done: &HandOver) -> Shown {
    let said = |events: &[Event]| events.iter().map(Event::to_string).collect::<Vec<_>>().join(", ");
    if done.events != expected() || done.threads != 1 {
        return Err(format!("on {} threads: {}", done.threads, said(&done.events)));
    }
    let (first, last) = (&done.events[..4], &done.events[done.events.len() - 2..]);
    Ok(Report::new(format!("{COUNT} values, none made before it is asked for"))
        .fact("first", format!("{} …", said(first)))
        .fact("last", said(last))
        .fact("threads", done.threads.to_string()))
}
