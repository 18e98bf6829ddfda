//! Many readers at once or one writer; and what becomes of the writer if there is always a reader?
//!
//! Two readers hand over to each other: the next one comes before the last one leaves, so that
//! there is always one inside. A writer asks in the meantime. The variants differ in whether a
//! reader is admitted while a writer waits.

use std::time::{Duration, Instant};

use kit::sync_point::SyncPoint;
use lock_api::RawRwLock as _;
use tracing::{Span, info_span};

use super::from_condvar::RwLock;
use super::lane::{run_all, task};
use super::primitives::rwlock::RawRwLock;
use super::sync::Arc;
use super::{sync_point, thread};

mod optimistic;

pub use optimistic::{Read, optimistic};

/// A reader-writer lock, whichever side it prefers.
trait Lock: Send + Sync + 'static {
    fn read(&self);
    /// Admits a reader if it need not wait.
    fn try_read(&self) -> bool;
    fn leave(&self);
    fn write(&self);
    fn leave_as_writer(&self);
    /// Returns whether a writer waits, or is inside.
    fn has_writer(&self) -> bool;
}

/// How the writer fared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Writer {
    /// The number of readers that were admitted while the writer was waiting.
    pub overtaken: u32,
    /// The largest number of readers inside at once.
    pub most_readers: u32,
    /// Whether the writer was inside while no other thread was.
    pub alone: bool,
}

/// What is observed; no part of the lock, and so no step of the model.
#[derive(Debug, Default)]
struct Observed {
    readers: u32,
    most_readers: u32,
    overtaken: u32,
    alone: bool,
    written: bool,
}

struct Shared<L> {
    lock: L,
    observed: std::sync::Mutex<Observed>,
    window: SyncPoint,
}

/// Lets two readers hand over to each other, `turns` times each, and a writer ask; the first reader
/// is inside from the start.
///
/// The window is widened: the second reader comes when the writer waits, and each leaves when the
/// next one has come, whether it was admitted or not.
fn hand_over<L: Lock>(lock: L, turns: usize, pace: Duration) -> Writer {
    let shared = Arc::new(Shared { lock, observed: Default::default(), window: sync_point() });
    // On behalf of r1, which shows it.
    let admitted = shared.lock.try_read();
    *shared.observed() = Observed { readers: 1, most_readers: 1, ..Observed::default() };
    shared.window.arrive();
    let reader = |me: usize| {
        move |shared: &Shared<L>| {
            for turn in 0..turns {
                // The first to come is number 0.
                let number = 2 * turn + me;
                shared.window.wait_for(number);
                let holds = if number == 0 {
                    info_span!("holds", what = "read")
                } else {
                    shared.come(number)
                };
                std::thread::sleep(pace);
                shared.window.wait_for((number + 2).min(2 * turns));
                shared.observed().readers -= 1;
                shared.lock.leave();
                drop(holds);
            }
        }
    };
    let writer = move |shared: &Shared<L>| {
        shared.window.wait_for(1);
        let waits = info_span!("waits", what = "write");
        shared.lock.write();
        let _holds = info_span!("holds", what = "write");
        drop(waits);
        shared.observed().written = true;
        std::thread::sleep(pace);
        let alone = shared.observed().readers == 0;
        shared.observed().alone = alone;
        shared.lock.leave_as_writer();
    };
    run_all(&shared, [task("r1", reader(0)), task("r2", reader(1)), task("w", writer)]);
    let Observed { overtaken, most_readers, alone, .. } = *shared.observed();
    assert!(admitted, "a free lock admits a reader");
    Writer { overtaken, most_readers, alone }
}

impl<L: Lock> Shared<L> {
    fn observed(&self) -> std::sync::MutexGuard<'_, Observed> {
        self.observed.lock().expect("no thread panics with it")
    }

    /// Comes in as a reader, at once or after the writer; returns the span that shows it.
    fn come(&self, number: usize) -> Span {
        let until = Instant::now() + Duration::from_secs(10);
        while self.window.is_real()
            && number == 1
            && !self.lock.has_writer()
            && Instant::now() < until
        {
            thread::yield_now();
        }
        let has_writer = self.lock.has_writer();
        let waits = info_span!("waits", what = "read");
        let at_once = self.lock.try_read();
        if !at_once {
            self.window.arrive();
            self.lock.read();
        }
        let holds = info_span!("holds", what = "read");
        drop(waits);
        let mut observed = self.observed();
        observed.readers += 1;
        observed.most_readers = observed.most_readers.max(observed.readers);
        // It waited before this reader came in, and has not been inside.
        if has_writer && !observed.written {
            observed.overtaken += 1;
        }
        drop(observed);
        if at_once {
            // Only now that it is counted: the reader before it leaves upon this arrival.
            self.window.arrive();
        }
        holds
    }
}

macro_rules! lock {
    ($Lock:ty: $try_read:ident, $($method:ident: $name:ident),*) => {
        impl Lock for $Lock {
            fn try_read(&self) -> bool {
                self.$try_read()
            }
            fn has_writer(&self) -> bool {
                self.has_writer()
            }
            $(fn $method(&self) {
                self.$name();
            })*
        }
    };
}

lock!(RwLock<true>: try_read,
    read: read, leave: leave, write: write, leave_as_writer: leave_as_writer);
lock!(RawRwLock: try_lock_shared,
    read: lock_shared, leave: unlock_shared,
    write: lock_exclusive, leave_as_writer: unlock_exclusive);

/// Admits a reader whenever no writer is inside. The writer waits for a moment without readers, and
/// there may be none.
///
/// This is the first solution of the readers-writers problem (Courtois, Heymans and Parnas, 1971),
/// in which no reader waits unless a writer is inside.
pub fn reader_preferring(turns: usize, pace: Duration) -> Writer {
    hand_over(RwLock::<true>::new(), turns, pace)
}

/// Admits a reader unless a writer is inside or waits. The writer waits for the readers that were
/// inside when it came, and for no others.
pub fn writer_preferring(turns: usize, pace: Duration) -> Writer {
    hand_over(RawRwLock::INIT, turns, pace)
}
