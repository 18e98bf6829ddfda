//! The lessons, each with its forms: what runs for real, what the model checker runs, what has to
//! come out.

use std::time::Duration;

use stage::{Checked, Lesson, Report, Variant};
use threads_basics::spawn::{Event, Ran, called, started};

mod ending;
mod memory;
mod naming;

pub(crate) use ending::{jobs, join, park, worker};
pub(crate) use memory::{local, scope};
pub(crate) use naming::names;
mod ends;
mod gil;
mod oversubscription;

pub(crate) use ends::{daemon, versus_process};
pub(crate) use gil::gil;
pub(crate) use oversubscription::oversubscription;

/// How long a step lasts, so that it can be seen.
const PACE: Duration = Duration::from_millis(10);

pub(crate) fn spawn() -> Lesson {
    Lesson::new("spawn", "a function with four arguments, on a thread of its own").story("The arguments move in, the starter goes on at once, the result comes back through join.").source("threads-basics/src/spawn.rs").variants(spawn_variants)
}

fn spawn_variants() -> Vec<Variant> {
    let order = ["starter starts t1", "starter goes on", "t1 begins", "t1 ends", "starter joined"];
    let order_of_a_call =
        ["starter calls", "starter begins", "starter ends", "starter returned", "starter goes on"];
    Vec::from([
        Variant::holds("started", move || {
            let ran = started(PACE);
            shown(&ran, order, "the starter goes on at once")
        })
        .story("Starts a thread and goes on at once; the result comes back through join."),
        Variant::holds("called", move || {
            let ran = called(PACE);
            shown(&ran, order_of_a_call, "the starter goes on when it is done")
        })
        .story("Calls the same function, and goes on when it has returned."),
    ])
}

/// Reports the order in which it came, the arguments and the result, if they are what they have to
/// be.
fn shown(ran: &Ran, wanted: [&str; 5], line: &str) -> Checked {
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
        .fact("order", told(&ran.events))
        .fact("moved", format!("prices at {:#x}, before and inside: not copied", ran.prices_at))
        .fact("result", format!("{} owes {}", bill.customer, bill.total)))
}

/// Tells what happened, and names the thread only where it changes.
fn told(events: &[Event]) -> String {
    let mut told = String::new();
    let mut on = "";
    for event in events {
        if event.on == on {
            told.push_str(", ");
            told.push_str(event.did);
        } else {
            told.push_str(if on.is_empty() { "" } else { "; " });
            told.push_str(&event.to_string());
            on = event.on;
        }
    }
    told
}
