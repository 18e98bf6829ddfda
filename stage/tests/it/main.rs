//! What stage promises the topics.

mod child;
mod explore;
mod help;
mod lanes;
mod page;
mod progress;
mod python;
mod quiz;
mod record;
mod reduction;
mod terminal;
mod trace;
mod wait_for;
mod your_turn;

use stage::record::{Record, State, What};

/// Writes a run by hand: `at` in ms, a lane, what happened.
fn run(happened: &[(u64, &str, What)]) -> Vec<Record> {
    let record = |(at, lane, what): &(u64, &str, What)| Record {
        at: at * 1_000_000,
        pid: 1,
        tid: 1,
        lane: (*lane).to_owned(),
        what: what.clone(),
    };
    happened.iter().map(record).collect()
}

fn opened(id: u64, state: State, label: &str) -> What {
    What::Opened { id, state, label: label.to_owned(), from: None }
}

fn waits_for(id: u64, label: &str, from: &str) -> What {
    What::Opened { id, state: State::Waits, label: label.to_owned(), from: Some(from.to_owned()) }
}
