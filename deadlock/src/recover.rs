//! A deadlock that is found is undone: the thread that would have closed the cycle is the victim. It
//! rolls back what it did, releases what it holds, and begins again when the others have gone on.
//!
//! Databases do this with transactions. Here two threads transfer money, in opposite directions.

use tracing::{error, info_span};

use super::checked_mutex::{CheckedMutex, WaitGraph, WouldDeadlock};
use super::lane::two;
use super::sync::Arc;
use kit::sync_point::SyncPoint;

/// The result of the transfers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// The balances: as much as before, since as much went there as back.
    pub balances: (i64, i64),
    /// The cycles that were found, one for each time that a thread was the victim.
    pub found: Vec<WouldDeadlock>,
}

/// Transfers 10 from A to B and 10 from B to A, `rounds` times, on two threads.
pub fn run(rounds: u32, window: SyncPoint) -> Recovered {
    let graph = WaitGraph::default();
    let bank = Arc::new((graph.mutex("A", 100), graph.mutex("B", 100), window));
    let rounds = 0..rounds;
    let rounds2 = rounds.clone();
    let found = two(
        &bank,
        |(a, b, window)| rounds.flat_map(|_| transfer(("A", a), ("B", b), window)).collect(),
        |(a, b, window)| {
            rounds2.flat_map(|_| transfer(("B", b), ("A", a), window)).collect::<Vec<_>>()
        },
    );
    let balance =
        |account: &CheckedMutex<i64>| *account.lock().expect("no thread holds it any more");
    Recovered { balances: (balance(&bank.0), balance(&bank.1)), found: found.concat() }
}

/// Takes from one account, then adds to the other; returns the cycles of which it was the victim.
fn transfer(
    from: (&str, &CheckedMutex<i64>),
    to: (&str, &CheckedMutex<i64>),
    window: &SyncPoint,
) -> Vec<WouldDeadlock> {
    let mut found = Vec::new();
    loop {
        let mut source = from.1.lock().expect("a thread that holds nothing is in no cycle");
        let holds = info_span!("holds", what = from.0);
        *source -= 10;
        window.meet();
        let waits = info_span!("waits", what = to.0);
        match to.1.lock() {
            Ok(mut target) => {
                drop(waits);
                let _holds = info_span!("holds", what = to.0);
                *target += 10;
                window.work();
                return found;
            }
            Err(cycle) => {
                drop(waits);
                error!("is the victim");
                *source += 10;
                found.push(cycle);
            }
        }
        drop((source, holds));
        // Waits, and holds nothing, until the others have gone on: to begin at once could close the
        // cycle again.
        drop(to.1.lock());
    }
}
