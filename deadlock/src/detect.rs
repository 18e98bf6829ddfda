//! A deadlock named while it happens: the threads, the locks and the lines.
//!
//! Ours ([`CheckedMutex`](super::checked_mutex)) refuses the lock that would close the cycle, so that
//! the thread can do something about it. `parking_lot`'s detector, which is used in production, looks
//! from time to time and reports what has happened (`parking_lot_detector.rs`).

use tracing::{error, info_span};

use super::checked_mutex::{CheckedMutex, WaitGraph, WouldDeadlock};
use super::lane::two;
use super::sync::Arc;
use kit::sync_point::SyncPoint;

/// Acquires two checked locks in opposite orders on two threads; the one that is refused gives up.
/// Returns the cycle, if one would have been closed.
pub fn checked(window: SyncPoint) -> Option<WouldDeadlock> {
    let graph = WaitGraph::default();
    let locks = Arc::new((graph.mutex("A", ()), graph.mutex("B", ()), window));
    let refused = two(
        &locks,
        |(a, b, window)| acquire_both(("A", a), ("B", b), window),
        |(a, b, window)| acquire_both(("B", b), ("A", a), window),
    );
    refused.into_iter().find_map(Result::err)
}

fn acquire_both(
    first: (&str, &CheckedMutex<()>),
    second: (&str, &CheckedMutex<()>),
    window: &SyncPoint,
) -> Result<(), WouldDeadlock> {
    let _first = first.1.lock()?;
    let _holds = info_span!("holds", what = first.0);
    window.meet();
    let waits = info_span!("waits", what = second.0);
    let _second = second.1.lock().inspect_err(|_| error!("is refused"))?;
    drop(waits);
    let _holds = info_span!("holds", what = second.0);
    window.work();
    Ok(())
}
