//! Where the records of a run are kept.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};

use thread_local::ThreadLocal;

use crate::record::{Record, Sink, What, thread_number};

/// Keeps records in memory, a buffer for each thread: one buffer behind one lock would put the
/// threads that it watches in step. It keeps a bounded number of a run; what comes after is only
/// counted.
#[derive(Default)]
pub struct Recording {
    buffers: ThreadLocal<Mutex<Buffer>>,
    kept: AtomicUsize,
}

#[derive(Default)]
struct Buffer {
    thread: Option<u64>,
    records: Vec<Record>,
    /// That thread is a leftover of an earlier run, in which it began what it has not ended.
    stale: bool,
}

/// What a run said, as far as it was kept.
#[derive(Debug, Default)]
pub struct Run {
    /// The records, in the order of time.
    pub records: Vec<Record>,
    /// How many came after the last that was kept.
    pub missed: usize,
}

/// So many records of a run are kept; they take some 50 MB.
const MOST: usize = 200_000;

fn lock(buffer: &Mutex<Buffer>) -> MutexGuard<'_, Buffer> {
    buffer.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recording {
    /// Takes out what was said so far. Threads that are in the middle of something are taken for
    /// left behind: what they say later belongs to no run.
    pub fn drain(&self) -> Run {
        let mut records = Vec::new();
        let mut begun = Vec::new();
        for buffer in &self.buffers {
            let new = std::mem::take(&mut lock(buffer).records);
            begun.push((buffer, new.iter().filter_map(Record::opens).collect::<Vec<_>>()));
            records.extend(new);
        }
        records.sort_by_key(|record: &Record| record.at);
        let closed: HashSet<u64> = records.iter().filter_map(Record::closes).collect();
        let missed = self.kept.swap(0, Relaxed).saturating_sub(MOST);
        // Where records are missing, what ended which span is not known.
        for (buffer, begun) in begun {
            if missed == 0 && begun.iter().any(|id| !closed.contains(id)) {
                lock(buffer).stale = true;
            }
        }
        Run { records, missed }
    }
}

impl Record {
    fn opens(&self) -> Option<u64> {
        if let What::Opened { id, .. } = self.what { Some(id) } else { None }
    }

    fn closes(&self) -> Option<u64> {
        if let What::Closed { id } = self.what { Some(id) } else { None }
    }
}

impl Sink for Recording {
    fn take(&self, record: Record) {
        let mut buffer = lock(self.buffers.get_or_default());
        // The buffer of a thread that has ended is given to the next one to start.
        let thread = thread_number();
        if buffer.thread.replace(thread) != Some(thread) {
            buffer.stale = false;
        }
        if !buffer.stale && self.kept.fetch_add(1, Relaxed) < MOST {
            buffer.records.push(record);
        }
    }
}
