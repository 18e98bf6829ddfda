//! The lesson `event`: one thread waits until another signals.

use std::time::Duration;

use locks::{model, real};
use stage::{Lesson, Variant, expect};

const PACE: Duration = Duration::from_millis(4);

pub(crate) fn lesson() -> Lesson {
    Lesson::new("event", "one thread waits until another signals")
        .story("t2 signals when t1 has not come to wait for it yet.")
        .source("locks/src/{event,primitives/event}.rs")
        .python("event")
        .python("signal_handler")
        .variants(variants)
}

fn explored(variant: Variant, run: fn(Duration)) -> Variant {
    variant.explored("2 threads", "deadlock", move || run(Duration::ZERO))
}

fn variants() -> Vec<Variant> {
    use real::event::{auto_reset, manual_reset, one_each, pulse};
    let pulsed = Variant::deadlocks("pulse", || pulse(PACE))
        .story("Sets the event and clears it at once: a thread that comes later misses it.");
    let auto = Variant::holds("auto-reset", || {
        auto_reset(PACE);
        expect(one_each(), vec![1, 2, 3], "t1 finds it set when it comes; each set lets one go on")
    })
    .story("Stays set until one thread takes the signal: each set lets one go on.");
    let manual = Variant::holds("manual-reset", || {
        manual_reset(PACE);
        expect((), (), "it stays set: t1 goes on, and so would any other thread")
    })
    .story("Stays set until it is cleared, so a thread that comes late goes on as well.");
    Vec::from([
        explored(pulsed, model::event::pulse),
        explored(auto, model::event::auto_reset),
        explored(manual, model::event::manual_reset),
    ])
}
