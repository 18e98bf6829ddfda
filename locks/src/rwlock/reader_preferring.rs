//! A reader is let in whenever no writer is inside. The writer waits for a moment without readers,
//! and there may be none.
//!
//! This is the first solution of the readers-writers problem (Courtois, Heymans and Parnas, 1971),
//! in which no reader waits unless a writer is inside.

use super::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use super::{Cues, Done, Duration, Lock, hand_over};

#[derive(Debug, Default)]
struct Inside {
    readers: u32,
    writing: bool,
    writers_waiting: u32,
}

#[derive(Debug, Default)]
struct ReaderPreferring {
    inside: Mutex<Inside>,
    left: Condvar,
}

impl ReaderPreferring {
    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lock for ReaderPreferring {
    fn read(&self) {
        let inside = self.left.wait_while(self.inside(), |inside| inside.writing);
        inside.unwrap_or_else(PoisonError::into_inner).readers += 1;
    }

    fn try_read(&self) -> bool {
        let mut inside = self.inside();
        // A writer that waits is not asked about.
        let free = !inside.writing;
        inside.readers += u32::from(free);
        free
    }

    fn leave(&self) {
        self.inside().readers -= 1;
        self.left.notify_all();
    }

    fn write(&self) {
        let mut inside = self.inside();
        inside.writers_waiting += 1;
        let taken = |inside: &mut Inside| inside.writing || inside.readers > 0;
        let mut inside =
            self.left.wait_while(inside, taken).unwrap_or_else(PoisonError::into_inner);
        inside.writers_waiting -= 1;
        inside.writing = true;
    }

    fn leave_as_writer(&self) {
        self.inside().writing = false;
        self.left.notify_all();
    }

    fn writer_waits(&self) -> bool {
        let inside = self.inside();
        inside.writing || inside.writers_waiting > 0
    }
}

/// Lets two readers hand over to each other, `turns` times each, while a writer asks.
pub fn run(turns: u32, cues: &Cues, pace: Duration) -> Done {
    hand_over(ReaderPreferring::default(), turns, cues, pace)
}
