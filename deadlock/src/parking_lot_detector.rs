//! A detector that is used in production: `parking_lot`'s, a feature of its locks. It keeps a graph of
//! all parked threads and their locks, and looks for cycles in it when it is asked to.

use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot_detecting::{Mutex, deadlock::check_deadlock};
use tracing::info_span;

use kit::real::lane::start;
use kit::sync_point::SyncPoint;

/// A cycle that the detector found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detected {
    /// The number of threads in the cycle.
    pub threads: usize,
    /// The time from the start until it was found.
    pub after: Duration,
    /// The lines of this project in the threads' backtraces.
    pub lines: Vec<String>,
}

/// Acquires two of `parking_lot`'s locks in opposite orders on two threads, and asks the detector
/// until it finds them.
///
/// The two threads stay blocked until the process ends. Returns `None` if nothing is found within
/// 10 s.
pub fn run(window: &SyncPoint) -> Option<Detected> {
    let locks = Arc::new((Mutex::new(()), Mutex::new(())));
    let (locks2, window1, window2) = (Arc::clone(&locks), window.clone(), window.clone());
    let began = Instant::now();
    drop(start("t1", move || acquire_both(("A", &locks.0), ("B", &locks.1), &window1)));
    drop(start("t2", move || acquire_both(("B", &locks2.1), ("A", &locks2.0), &window2)));
    while began.elapsed() < Duration::from_secs(10) {
        if let Some(cycle) = check_deadlock().first() {
            let traces = cycle.iter().map(|thread| format!("{:?}", thread.backtrace()));
            let lines = traces
                .flat_map(|trace| trace.lines().filter_map(ours).take(1).collect::<Vec<_>>())
                .collect();
            return Some(Detected { threads: cycle.len(), after: began.elapsed(), lines });
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    None
}

/// Finds this file in a line of a backtrace, which names it from the current folder or from the
/// root.
fn ours(line: &str) -> Option<String> {
    let (_, place) = line.trim().strip_prefix("at ")?.rsplit_once("parking_lot_detector.rs")?;
    Some(format!("{}{place}", file!()))
}

fn acquire_both(first: (&str, &Mutex<()>), second: (&str, &Mutex<()>), window: &SyncPoint) {
    let _first = first.1.lock();
    let _holds = info_span!("holds", what = first.0);
    window.meet();
    let _waits = info_span!("waits", what = second.0);
    let _second = second.1.lock();
}
