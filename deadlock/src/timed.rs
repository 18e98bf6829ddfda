//! Two locks in opposite orders, the second with a timeout: the deadlock comes about, and is given up.
//!
//! std's mutex has no timeout; `parking_lot`'s has. A timeout does not tell a deadlock from a slow
//! holder, costs its whole length each time, and without a pause that differs the two threads meet
//! again.

use std::sync::Arc;
use std::thread::sleep;
use std::time::Duration;

use kit::real::lane::two;
use kit::sync_point::SyncPoint;
use parking_lot::Mutex;
use tracing::{info, info_span};

const TIMEOUT: Duration = Duration::from_millis(20);

/// How long t1 pauses when it has given up for the first time; t2 pauses three times as long, and
/// both twice as long each time. (A program takes a random factor.)
const PAUSE: Duration = Duration::from_millis(4);

type Named<'a> = (&'a str, &'a Mutex<u32>);

/// Adds 1 to both values on each of two threads, under both locks. A thread that gives up releases
/// its first lock, and begins again. Returns the values, and how often a thread gave up.
pub fn timed(window: SyncPoint) -> ((u32, u32), u32) {
    let pair = Arc::new((Mutex::new(0), Mutex::new(0), window));
    let given_up = two(
        &pair,
        |(a, b, window)| add(("A", a), ("B", b), PAUSE, window),
        |(a, b, window)| add(("B", b), ("A", a), 3 * PAUSE, window),
    );
    let values = (*pair.0.lock(), *pair.1.lock());
    (values, given_up.iter().sum())
}

fn add(first: Named<'_>, second: Named<'_>, mut pause: Duration, window: &SyncPoint) -> u32 {
    let mut given_up = 0;
    loop {
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
        given_up += 1;
        sleep(pause);
        pause *= 2;
    }
}
