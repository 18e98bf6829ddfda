//! Many readers at once or one writer; and what becomes of the writer if there always is a reader.
//!
//! Two readers hand over to each other: the next one comes before the last one leaves, so that
//! there always is one inside. A writer asks in the meantime. The forms differ in whether a reader
//! is let in while a writer waits.

use std::time::Duration;

use tracing::{Span, info_span};

use super::lane::{crew, member};
use super::sync::Arc;
use super::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed};
use super::{primitives, sync, thread};
use crate::Cues;

pub mod reader_preferring;
pub mod writer_preferring;

/// What a reader-writer lock does, whoever it prefers.
trait Lock: Send + Sync + 'static {
    fn read(&self);
    /// Lets a reader in if it need not wait.
    fn try_read(&self) -> bool;
    fn leave(&self);
    fn write(&self);
    fn leave_as_writer(&self);
    /// Says whether a writer waits, or is inside.
    fn writer_waits(&self) -> bool;
}

/// Says what was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// How many readers were let in while the writer was waiting.
    pub overtook: u32,
    /// How many readers were inside at once, at the most.
    pub most_readers: u32,
    /// Whether the writer was inside while nobody else was.
    pub alone: bool,
}

struct Shared<L> {
    lock: L,
    readers: AtomicU32,
    most_readers: AtomicU32,
    overtook: AtomicU32,
    alone: AtomicBool,
    written: AtomicBool,
}

/// Lets two readers hand over to each other, `turns` times each, and a writer ask once the first
/// reader is inside.
///
/// The window is wide with cues: the second reader comes when the writer waits, and each leaves
/// when the next one has come, if not in.
fn hand_over<L: Lock>(lock: L, turns: u32, cues: &Cues, pace: Duration) -> Done {
    let zero = || AtomicU32::new(0);
    let (alone, written) = (AtomicBool::new(false), AtomicBool::new(false));
    let shared =
        Shared { lock, readers: zero(), most_readers: zero(), overtook: zero(), alone, written };
    let shared = Arc::new(shared);
    let reader = |me: u32| {
        let cues = cues.clone();
        move |shared: &Shared<L>| {
            for turn in 0..turns {
                // The first to come is number 0.
                let number = 2 * turn + me;
                cues.wait(number);
                let holds = shared.come(number, &cues);
                std::thread::sleep(pace);
                cues.wait((number + 2).min(2 * turns));
                shared.readers.fetch_sub(1, Relaxed);
                shared.lock.leave();
                drop(holds);
            }
        }
    };
    let cues2 = cues.clone();
    let writer = move |shared: &Shared<L>| {
        cues2.wait(1);
        let waits = info_span!("waits", what = "write");
        shared.lock.write();
        let _holds = info_span!("holds", what = "write");
        drop(waits);
        shared.written.store(true, Relaxed);
        std::thread::sleep(pace);
        shared.alone.store(shared.readers.load(Relaxed) == 0, Relaxed);
        shared.lock.leave_as_writer();
    };
    crew(&shared, [member("r1", reader(0)), member("r2", reader(1)), member("w", writer)]);
    Done {
        overtook: shared.overtook.load(Relaxed),
        most_readers: shared.most_readers.load(Relaxed),
        alone: shared.alone.load(Relaxed),
    }
}

impl<L: Lock> Shared<L> {
    /// Comes in as a reader, at once or after the writer; returns the span that says so.
    fn come(&self, number: u32, cues: &Cues) -> Span {
        let until = std::time::Instant::now() + Duration::from_secs(10);
        while cues.are_given()
            && number == 1
            && !self.lock.writer_waits()
            && std::time::Instant::now() < until
        {
            thread::yield_now();
        }
        let writer_waits = self.lock.writer_waits();
        let waits = info_span!("waits", what = "read");
        let at_once = self.lock.try_read();
        if !at_once {
            cues.give();
            self.lock.read();
        }
        let holds = info_span!("holds", what = "read");
        drop(waits);
        let now = self.readers.fetch_add(1, Relaxed) + 1;
        self.most_readers.fetch_max(now, Relaxed);
        if at_once {
            // Only now that it is counted: the reader before it leaves at this cue.
            cues.give();
        }
        // It waited before we came in, and has not been inside.
        if writer_waits && !self.written.load(Relaxed) {
            self.overtook.fetch_add(1, Relaxed);
        }
        holds
    }
}
