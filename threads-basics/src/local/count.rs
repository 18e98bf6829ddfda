//! Three threads count to ten each: in a static, in a thread-local, and in a thread-local that is
//! handed in at the end.

use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};

use tracing::info_span;

use crate::Meeting;
use crate::real::lane::{finish, start};

/// One for all. Relaxed: each addition is one operation, and the threads have met, or been joined,
/// before it is read.
static TOGETHER: AtomicU32 = AtomicU32::new(0);

thread_local! {
    /// One for each thread. A `Cell`, which no two threads may share, will do: there is nobody to
    /// share it with.
    static OWN: Cell<u32> = const { Cell::new(0) };
}

/// Says what was read when all had counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// What each thread read.
    pub threads: [u32; 3],
    /// What their starter had in the end.
    pub starter: u32,
    /// How often something that is shared was written.
    pub shared_writes: u32,
}

/// Counts in the static: everyone sees everything, and every step is a write to shared memory.
pub fn together() -> Counts {
    // The static is one for all runs of this lesson, too: they wait for each other.
    static ONE_RUN: Mutex<()> = Mutex::new(());
    let _alone = ONE_RUN.lock().unwrap_or_else(PoisonError::into_inner);
    TOGETHER.store(0, Relaxed);
    let threads = three(|| _ = TOGETHER.fetch_add(1, Relaxed), || TOGETHER.load(Relaxed));
    Counts { threads, starter: TOGETHER.load(Relaxed), shared_writes: 30 }
}

/// Counts in the thread-local, and lets the starter read it: it reads its own, in which nobody has
/// counted.
pub fn apart() -> Counts {
    let threads = three(|| OWN.set(OWN.get() + 1), || OWN.get());
    Counts { threads, starter: OWN.get(), shared_writes: 0 }
}

/// Counts in the thread-local, and hands the number over once, as the thread's result: the starter
/// adds up three numbers.
pub fn merged() -> Counts {
    let threads = three(|| OWN.set(OWN.get() + 1), || OWN.get());
    Counts { threads, starter: threads.iter().sum(), shared_writes: 3 }
}

/// Runs `add` ten times on each of three threads; each reads when all have counted.
fn three(add: fn(), read: fn() -> u32) -> [u32; 3] {
    let counted = Meeting::of(3);
    ["t1", "t2", "t3"]
        .map(|name| {
            let counted = counted.clone();
            start(name, move || {
                let _runs = info_span!("runs", what = "counts");
                (0..10).for_each(|_| add());
                counted.meet();
                read()
            })
        })
        .map(finish)
}
