use std::time::Duration;

use coroutines::generator::{COUNT, Event, HandOver, async_fn, expected, stackful, state_machine};
use stage::{Checked, Lesson, Report, Variant};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("generator", "a producer and a consumer that take turns on one thread")
        .story(
            "The consumer asks, the producer makes one value and yields. Where it resumes is kept \
             in a struct, by hand or by the compiler, or on a second stack.",
        )
        .source("coroutines/src/generator/")
        .variants(variants)
}

fn variants() -> [Variant; 3] {
    const PACE: Duration = Duration::from_millis(2);
    [
        Variant::holds("state-machine", || hand_over(&state_machine::run(PACE)))
            .story("The place to resume from is a variant of an enum, drawn by hand."),
        Variant::holds("async-fn", || hand_over(&async_fn::run(PACE)))
            .story("The compiler draws the machine: a pending `await` yields, `poll` resumes."),
        Variant::holds("stackful", || {
            hand_over(&stackful::run(PACE).map_err(|error| format!("no room for it: {error}"))?)
        })
        .story("An ordinary function on a stack of its own can yield from inside any call."),
    ]
}

/// Reports, if control went back and forth as it has to.
fn hand_over((events, threads): &HandOver) -> Checked {
    let said =
        |events: &[Event]| events.iter().map(Event::to_string).collect::<Vec<_>>().join(", ");
    if *events != expected() || *threads != 1 {
        return Err(format!("on {threads} threads: {}", said(events)));
    }
    let (first, last) = (&events[..4], &events[events.len() - 2..]);
    Ok(Report::new(format!("{COUNT} values on one thread, each made when asked for"))
        .fact("first", format!("{} …", said(first)))
        .fact("last", said(last)))
}
