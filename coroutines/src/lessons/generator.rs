use std::time::Duration;

use coroutines::generator::{
    COUNT, Event, HandOver, async_fn, delegate, expected, send, stackful, state_machine,
};
use stage::{Checked, Lesson, Report, Variant, expect};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("generator", "a producer and a consumer that take turns on one thread")
        .story(
            "The consumer asks, the producer makes one value and yields. Where it resumes is kept \
             in a struct, by hand or by the compiler, or on a second stack.",
        )
        .source("coroutines/src/generator/")
        .python("turns")
        .python("send")
        .python("delegate")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    const PACE: Duration = Duration::from_millis(2);
    let no_room = |error: std::io::Error| format!("no room for it: {error}");
    [
        Variant::holds("state-machine", || hand_over(&state_machine::run(PACE)))
            .story("The place to resume from is a variant of an enum, drawn by hand."),
        Variant::holds("async-fn", || hand_over(&async_fn::run(PACE)))
            .story("The compiler draws the machine: a pending `await` yields, `poll` resumes."),
        Variant::holds("stackful", move || hand_over(&stackful::run(PACE).map_err(no_room)?))
            .story("An ordinary function on a stack of its own can yield from inside any call."),
        Variant::holds("send", move || {
            let sent = [10, 20, 60];
            let both = (send::stackless(&sent), send::stackful(&sent).map_err(no_room)?);
            let averages = vec![10, 15, 30];
            expect(both, (averages.clone(), averages), "10, 20, 60 sent in: 10, 15, 30 came back")
        })
        .story("A number is sent in at each resumption; the average of all so far comes back."),
        Variant::holds("delegate", move || {
            let both = (delegate::stackless(), delegate::stackful().map_err(no_room)?);
            let values = vec![0, 1, 2, 0, 1, 4];
            let line = "0 1 2 of the first, 0 1 of the second, then 4, the sum of both results";
            expect(both, (values.clone(), values), line)
        })
        .story("A producer hands on to two others, and takes their results: `yield from`."),
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
