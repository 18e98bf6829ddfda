//! A deadlock that is found is undone: the thread that would have closed the circle is the victim.
//! It gives back what it holds, undoes what it did, and begins again when the others have gone on.
//!
//! Databases do this; their transactions can be rolled back. The two threads transfer money, in
//! opposite directions.

use tracing::{error, info_span};

use super::checked_mutex::{CheckedMutex, WaitGraph, WouldDeadlock};
use super::lane::two;
use super::sync::Arc;
use crate::Window;

struct Bank {
    a: CheckedMutex<i64>,
    b: CheckedMutex<i64>,
    window: Window,
}

/// Says what came of the transfers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The balances: as much as before, since as much went there as back.
    pub balances: (i64, i64),
    /// The circles that were found, one for each time that a thread was a victim.
    pub found: Vec<WouldDeadlock>,
}

/// Transfers 10 from A to B and 10 from B to A, `rounds` times, on two threads.
pub fn run(rounds: u32, window: Window) -> Recovered {
    let graph = WaitGraph::default();
    let bank = Arc::new(Bank { a: graph.mutex("A", 100), b: graph.mutex("B", 100), window });
    let found = two(
        &bank,
        move |bank| {
            (0..rounds)
                .flat_map(|_| transfer(("A", &bank.a), ("B", &bank.b), &bank.window))
                .collect()
        },
        move |bank| {
            (0..rounds)
                .flat_map(|_| transfer(("B", &bank.b), ("A", &bank.a), &bank.window))
                .collect::<Vec<_>>()
        },
    );
    let balance = |account: &CheckedMutex<i64>| *account.lock().expect("nobody holds it any more");
    Recovered { balances: (balance(&bank.a), balance(&bank.b)), found: found.concat() }
}

/// Takes from one account, then gives to the other; returns the circles that it was the victim of.
fn transfer(
    from: (&str, &CheckedMutex<i64>),
    to: (&str, &CheckedMutex<i64>),
    window: &Window,
) -> Vec<WouldDeadlock> {
    let mut found = Vec::new();
    loop {
        let mut source = from.1.lock().expect("who holds nothing is in no circle");
        let holds = info_span!("holds", what = from.0);
        *source -= 10;
        window.pause();
        let waits = info_span!("waits", what = to.0);
        match to.1.lock() {
            Ok(mut target) => {
                drop(waits);
                let _holds = info_span!("holds", what = to.0);
                *target += 10;
                window.work();
                return found;
            }
            Err(circle) => {
                drop(waits);
                error!("is the victim");
                *source += 10;
                found.push(circle);
            }
        }
        drop((source, holds));
        // Waits with empty hands until the others have gone on: to begin at once could close the
        // circle again.
        drop(to.1.lock());
    }
}
