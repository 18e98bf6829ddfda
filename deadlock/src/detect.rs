//! A deadlock named while it happens: the threads, the locks and the lines.
//!
//! Ours ([`CheckedMutex`](super::checked_mutex)) refuses the lock that would close the circle, so
//! someone can do something about it. `parking_lot`'s detector, which people use in earnest, looks
//! from time to time and says what has happened.

use tracing::{error, info_span};

use super::checked_mutex::{CheckedMutex, WaitGraph, WouldDeadlock};
use super::lane::two;
use super::sync::Arc;
use crate::Window;

/// Takes two checked locks in opposite orders on two threads; the one that is refused gives up.
///
/// Returns the circle, if one would have been closed.
pub fn checked(window: Window) -> Option<WouldDeadlock> {
    let graph = WaitGraph::default();
    let locks = Arc::new((graph.mutex("A", ()), graph.mutex("B", ()), window));
    let refused = two(
        &locks,
        |(a, b, window)| take_both(("A", a), ("B", b), window),
        |(a, b, window)| take_both(("B", b), ("A", a), window),
    );
    refused.into_iter().find_map(Result::err)
}

fn take_both(
    first: (&str, &CheckedMutex<()>),
    second: (&str, &CheckedMutex<()>),
    window: &Window,
) -> Result<(), WouldDeadlock> {
    let _first = first.1.lock()?;
    let _holds = info_span!("holds", what = first.0);
    window.pause();
    let waits = info_span!("waits", what = second.0);
    let _second = second.1.lock().inspect_err(|_| error!("is refused"))?;
    drop(waits);
    let _holds = info_span!("holds", what = second.0);
    window.work();
    Ok(())
}
