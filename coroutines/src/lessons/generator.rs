use std::io;
use std::time::Duration;

use coroutines::generator::{
    COUNT, Log, async_fn, consume, delegate, expected, send, stackful, state_machine,
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
    [
        Variant::holds("state-machine", || hand_over(|log| Ok(state_machine::Producer::new(log))))
            .story("The place to resume from is a variant of an enum, drawn by hand."),
        Variant::holds("async-fn", || hand_over(|log| Ok(async_fn::producer(log))))
            .story("The compiler draws the machine: a pending `await` yields, `poll` resumes."),
        Variant::holds("stackful", || hand_over(stackful::producer))
            .story("An ordinary function on a stack of its own can yield from inside any call."),
        Variant::holds("send", || {
            let sent = [10, 20, 60];
            let both = (send::stackless(&sent), send::stackful(&sent).map_err(no_room)?);
            let averages = vec![10, 15, 30];
            expect(both, (averages.clone(), averages), "10, 20, 60 sent in: 10, 15, 30 came back")
        })
        .story("A number is sent in at each resumption; the average of all so far comes back."),
        Variant::holds("delegate", || {
            let both = (delegate::stackless(), delegate::stackful().map_err(no_room)?);
            let values = vec![0, 1, 2, 0, 1, 4];
            let line = "0 1 2 of the first, 0 1 of the second, then 4, the sum of both results";
            expect(both, (values.clone(), values), line)
        })
        .story("A producer hands on to two others, and takes their results: `yield from`."),
    ]
}

fn no_room(error: io::Error) -> String {
    format!("no room for it: {error}")
}

/// Reports, if control goes back and forth as it has to.
fn hand_over<P: Iterator<Item = u32>>(producer: fn(&Log) -> io::Result<P>) -> Checked {
    let log = Log::new(Duration::from_millis(2));
    let threads = consume(&log, producer(&log).map_err(no_room)?);
    let events = log.events();
    if events != expected() || threads != 1 {
        return Err(format!("on {threads} threads: {}", events.join(", ")));
    }
    Ok(Report::new(format!("{COUNT} values on one thread, each made when asked for"))
        .fact("first", format!("{} …", events[..4].join(", ")))
        .fact("last", events[events.len() - 2..].join(", ")))
}
