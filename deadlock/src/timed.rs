//! Two locks in opposite orders, the second with a timeout: the deadlock comes about, and is given up.
//!
//! std's mutex has no timeout; `parking_lot`'s has. A timeout does not tell a deadlock from a slow
//! holder, costs its whole length each time, and without a pause that differs the two threads meet
//! again.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use kit::sync_point::SyncPoint;
use parking_lot::Mutex;
use tracing::{info, info_span};

use kit::real::lane::two;

use crate::real::lock_order::Added;

const TIMEOUT: Duration = Duration::from_millis(20);

/// How long t1 pauses when it has given up for the first time; t2 pauses three times as long, and
/// both twice as long each time. (A program takes a random factor.)
const PAUSE: Duration = Duration::from_millis(4);

/// Adds 1 to both values on each of two threads, under both locks. A thread that gives up releases
/// its first lock, and begins again.
pub fn timed(window: SyncPoint) -> Added {
    let pair = Arc::new((Mutex::new(0), Mutex::new(0), window));
    let given_up = two(
        &pair,
        |(a, b, window)| add(("A", a), ("B", b), PAUSE, window),
        |(a, b, window)| add(("B", b), ("A", a), 3 * PAUSE, window),
    );
    let values = (*pair.0.lock(), *pair.1.lock());
    Added { values, back_offs: given_up.iter().sum() }
}

fn add(
    first: (&str, &Mutex<u32>),
    second: (&str, &Mutex<u32>),
    pause: Duration,
    window: &SyncPoint,
) -> u32 {
    for given_up in 0.. {
        let mut one = first.1.lock();
        let holds = info_span!("holds", what = first.0);
        window.meet();
        let waits = info_span!("waits", what = second.0);
        if let Some(mut other) = second.1.try_lock_for(TIMEOUT) {
            drop(waits);
            let _holds = info_span!("holds", what = second.0);
            *one += 1;
            *other += 1;
            return given_up;
        }
        drop((one, holds, waits));
        info!("gives up");
        sleep(pause * 2_u32.pow(given_up.min(6)));
    }
    unreachable!("it tries again")
}
