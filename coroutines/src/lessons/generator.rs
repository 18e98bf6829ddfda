use std::io;

use coroutines::generator::{COUNT, Log, StateMachine, async_fn, consume, stackful, two_way};
use stage::{Checked, Lesson, Report, Variant, expect};

use super::checked;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("generator", "a producer and a consumer that take turns on one thread")
        .story(
            "The consumer asks, the producer makes one value and yields. Where it resumes is kept \
             in a struct, by hand or by the compiler, or on a second stack.",
        )
        .source("coroutines/src/{generator,generator/two_way}.rs")
        .python("turns")
        .python("send")
        .python("delegate")
        .variants(variants)
}

fn variants() -> [Variant; 5] {
    [
        Variant::holds("state-machine", || hand_over(|log| Ok(StateMachine::Start(log))))
            .story("The place to resume from is a variant of an enum, drawn by hand."),
        Variant::holds("async-fn", || hand_over(|log| Ok(async_fn(log))))
            .story("The compiler draws the machine: a pending `await` yields, `poll` resumes."),
        Variant::holds("stackful", || hand_over(stackful))
            .story("An ordinary function on a stack of its own can yield from inside any call."),
        Variant::holds("send", || {
            let both = checked(two_way::send(&[10, 20, 60]))?;
            let line = "10, 20, 60 sent in: 10, 15, 30 came back";
            expect(both, [[10, 15, 30]; 2].map(Vec::from), line)
        })
        .story("A number is sent in at each resumption; the average of all so far comes back."),
        Variant::holds("delegate", || {
            let both = checked(two_way::delegate())?;
            let line = "0 1 2 of the first, 0 1 of the second, then the sum, 4";
            expect(both, [[0, 1, 2, 0, 1, 4]; 2].map(Vec::from), line)
        })
        .story("A producer hands on to two others, and takes their results: `yield from`."),
    ]
}

/// Reports, if the two take turns, and each value is made on demand.
fn hand_over<P: Iterator<Item = u32>>(producer: fn(Log) -> io::Result<P>) -> Checked {
    let log = Log::default();
    consume(&log, checked(producer(log.clone()))?);
    let turn = |value| format!("consumer asks, producer makes {value}, consumer takes {value}, ");
    let events = log.events();
    if events.join(", ")
        != (0..COUNT).map(turn).collect::<String>() + "consumer asks, producer ends"
    {
        return Err(events.join(", "));
    }
    Ok(Report::new(format!("{COUNT} values on one thread, each made when asked for"))
        .fact("first", format!("{}, …", events[..3].join(", ")))
        .fact("last", events[events.len() - 2..].join(", ")))
}
