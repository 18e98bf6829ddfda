//! `spawn`: a function on a thread of its own, and the same function called.

use stage::{Checked, Lesson, Report, Variant};
use threads_basics::spawn::{Event, Ran, called, started};

use super::PACE;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("spawn", "a function with four arguments, on a thread of its own")
        .story("The arguments move in, the parent goes on at once, join returns the result.")
        .python("spawn")
        .source("threads-basics/src/spawn.rs")
        .variants(variants)
}

fn variants() -> [Variant; 2] {
    [
        Variant::holds("started", || {
            let order =
                ["parent spawns t1", "parent goes on", "t1 begins", "t1 ends", "parent joined"];
            report(&started(PACE), order, "the parent goes on at once")
        })
        .story("Spawns a thread and goes on at once; the result comes back through join."),
        Variant::holds("called", || {
            let order = [
                "parent calls",
                "parent begins",
                "parent ends",
                "parent returned",
                "parent goes on",
            ];
            report(&called(PACE), order, "the parent goes on when it is done")
        })
        .story("Calls the same function, and goes on when it has returned."),
    ]
}

/// Reports the order of the events, the arguments and the result, if they are what they have to be.
fn report(ran: &Ran, wanted: [&str; 5], line: &str) -> Checked {
    let events: Vec<_> = ran.events.iter().map(ToString::to_string).collect();
    let bill = &ran.bill;
    if events != wanted {
        return Err(format!("the order was {}", events.join(", ")));
    }
    if (bill.customer.as_str(), bill.total) != ("Ada", 59) {
        return Err(format!("the bill was {bill:?}"));
    }
    if bill.prices_at != ran.prices_at {
        return Err("the prices were copied on the way".into());
    }
    Ok(Report::new(line)
        .fact("order", in_order(&ran.events))
        .fact("moved", format!("prices at {:#x}, before and inside: not copied", ran.prices_at))
        .fact("result", format!("{} owes {}", bill.customer, bill.total)))
}

/// Writes the events, with the thread's name only where it changes.
fn in_order(events: &[Event]) -> String {
    let mut text = String::new();
    let mut on = "";
    for event in events {
        if event.on == on {
            text += ", ";
            text += event.did;
        } else {
            text += if on.is_empty() { "" } else { "; " };
            text += &event.to_string();
            on = event.on;
        }
    }
    text
}
