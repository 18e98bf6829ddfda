//! A run as a file for Perfetto (ui.perfetto.dev) or `chrome://tracing`: the Trace Event Format.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::record::{Record, State, What};

/// Collects the runs of several processes; all their records are on one clock.
#[derive(Debug, Default)]
pub struct Trace {
    events: Vec<Value>,
}

/// Checks that `path` can be written, and leaves things as they were.
///
/// # Errors
/// What a later [`Trace::write`] would meet: no such folder, no right to write.
pub(crate) fn check(path: &Path) -> io::Result<()> {
    let new = !path.exists();
    OpenOptions::new().append(true).create(true).open(path)?;
    if new { std::fs::remove_file(path) } else { Ok(()) }
}

impl Trace {
    /// Adds what one process said, under a name for the process; what is open ends at `end`.
    pub fn add(&mut self, name: &str, records: &[Record], end: u64) {
        let Some(pid) = records.first().map(|record| record.pid) else { return };
        self.events
            .push(json!({"ph": "M", "name": "process_name", "pid": pid, "tid": 0, "args": {"name": name}}));
        let mut lanes: BTreeMap<&str, Vec<&Record>> = BTreeMap::new();
        for record in records {
            lanes.entry(&record.lane).or_default().push(record);
        }
        for (index, (lane, records)) in lanes.into_iter().enumerate() {
            self.lane(pid, row(&records, index), lane, &records, end);
        }
    }

    fn lane(&mut self, pid: u32, tid: u64, lane: &str, records: &[&Record], end: u64) {
        self.events
            .push(json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": {"name": lane}}));
        let at = |ns: u64| ns as f64 / 1e3;
        let begin = |(_, state, label): &(u64, State, String), ns| json!({"ph": "B", "name": format!("{state:?} {label}").to_lowercase(), "pid": pid, "tid": tid, "ts": at(ns)});
        let finish = |ns| json!({"ph": "E", "pid": pid, "tid": tid, "ts": at(ns)});
        let mut open: Vec<(u64, State, String)> = Vec::new();
        for record in records {
            match &record.what {
                What::Opened { id, state, label, .. } => {
                    open.push((*id, *state, label.clone()));
                    self.events.push(begin(&open[open.len() - 1], record.at));
                }
                // The format nests; a lock may be given back before one that was taken later. What
                // lies over the span is ended with it and begun again.
                What::Closed { id } => {
                    let Some(index) = open.iter().position(|(known, ..)| known == id) else { continue };
                    self.events.extend(open[index..].iter().map(|_| finish(record.at)));
                    open.remove(index);
                    self.events.extend(open[index..].iter().map(|span| begin(span, record.at)));
                }
                What::Said { text, .. } => self.events.push(
                    json!({"ph": "i", "s": "t", "name": text, "pid": pid, "tid": tid, "ts": at(record.at)}),
                ),
            }
        }
        self.events.extend(open.iter().map(|_| finish(end)));
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The file cannot be created or written.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut file = BufWriter::new(File::create(path)?);
        serde_json::to_writer(&mut file, &json!({"traceEvents": self.events, "displayTimeUnit": "ns"}))?;
        file.flush()
    }
}

/// Numbers a lane's row: by its thread, if the lane is that thread's; a task that moves between threads
/// gets a number that no thread has.
fn row(records: &[&Record], index: usize) -> u64 {
    let threads: BTreeSet<u64> = records.iter().map(|record| record.tid).collect();
    match (threads.len(), records.first()) {
        (1, Some(only)) => only.tid,
        _ => (1 << 32) + index as u64,
    }
}
