//! `spawn`: a function on a thread of its own, and the same function called.

use stage::{Checked, Lesson, Variant, expect};
use threads_basics::spawn::{Ran, called, started};

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
            let order = "spawns t1, goes on, t1 begins, t1 ends, joined";
            report(&started(), order, "the parent goes on at once")
        })
        .story("Spawns a thread and goes on at once; the result comes back through join."),
        Variant::holds("called", || {
            let order = "calls, begins, ends, returned, goes on";
            report(&called(), order, "the parent goes on when it is done")
        })
        .story("Calls the same function, and goes on when it has returned."),
    ]
}

/// Reports the order of the events, the arguments and the result, if they are what they have to be.
fn report(ran: &Ran, wanted: &str, line: &str) -> Checked {
    let bill = &ran.bill;
    let report = expect(ran.events.join(", ").as_str(), wanted, line)?;
    if (bill.customer.as_str(), bill.total) != ("Ada", 59) {
        return Err(format!("the bill was {bill:?}"));
    }
    if bill.prices_at != ran.prices_at {
        return Err("the prices were copied on the way".into());
    }
    Ok(report
        .fact("order", wanted)
        .fact("moved", format!("prices at {:#x}, before and inside: not copied", ran.prices_at))
        .fact("result", format!("{} owes {}", bill.customer, bill.total)))
}
