//! A run as a file for Perfetto (ui.perfetto.dev) or `chrome://tracing`: the Trace Event Format.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::record::{Record, State, What};

/// Collects the runs of several processes; all their records are on one clock.
#[derive(Debug)]
pub struct Trace {
    file: File,
    events: Vec<Value>,
}

impl Trace {
    /// Opens the file, before anything is run.
    ///
    /// # Errors
    /// There is no such folder, no right to write, or something other than a file of that name.
    pub fn open(path: &Path) -> io::Result<Self> {
        // A pipe would be waited for, a folder cannot be written.
        if path.exists() && !path.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
        Ok(Self { file, events: Vec::new() })
    }

    /// Adds what a run said, under a name for it and one for each of its processes; what is open ends at the run's end.
    pub fn add(&mut self, run: &str, process: &str, records: &[Record], time: std::ops::Range<u64>) {
        let mut lanes: BTreeMap<(u32, &str), Vec<&Record>> = BTreeMap::new();
        for record in records {
            lanes.entry((record.pid, &record.lane)).or_default().push(record);
        }
        let Some((pid, _)) = lanes.keys().next().copied() else { return };
        for pid in lanes.keys().map(|(pid, _)| *pid).collect::<BTreeSet<_>>() {
            self.name("process_name", pid, 0, process);
        }
        self.name("thread_name", pid, 0, "lessons");
        self.events.push(json!({"ph": "B", "name": run, "pid": pid, "tid": 0, "ts": us(time.start)}));
        self.events.push(json!({"ph": "E", "pid": pid, "tid": 0, "ts": us(time.end)}));
        // A lane has its thread's row, if the thread has no other lane; a task has a row that no thread has.
        let threads = |records: &[&Record]| {
            records.iter().map(|record| (record.pid, record.tid)).collect::<BTreeSet<_>>()
        };
        let mut lanes_of: BTreeMap<(u32, u64), usize> = BTreeMap::new();
        lanes
            .values()
            .flat_map(|records| threads(records))
            .for_each(|thread| *lanes_of.entry(thread).or_default() += 1);
        for (index, ((pid, lane), records)) in lanes.iter().enumerate() {
            let mut own =
                threads(records).into_iter().filter(|thread| lanes_of[thread] == 1).map(|(_, tid)| tid);
            let row = match (own.next(), own.next()) {
                (Some(tid), None) => tid,
                _ => (1 << 32) + index as u64,
            };
            self.lane(*pid, row, lane, records, time.end);
        }
    }

    fn name(&mut self, of: &str, pid: u32, tid: u64, name: &str) {
        self.events.push(json!({"ph": "M", "name": of, "pid": pid, "tid": tid, "args": {"name": name}}));
    }

    fn lane(&mut self, pid: u32, tid: u64, lane: &str, records: &[&Record], end: u64) {
        self.events
            .push(json!({"ph": "M", "name": "thread_name", "pid": pid, "tid": tid, "args": {"name": lane}}));
        let begin = |(_, state, label): &(u64, State, String), ns| {
            let name = format!("{} {label}", state.word());
            json!({"ph": "B", "name": name.trim_end(), "pid": pid, "tid": tid, "ts": us(ns)})
        };
        let finish = |ns| json!({"ph": "E", "pid": pid, "tid": tid, "ts": us(ns)});
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
                    json!({"ph": "i", "s": "t", "name": text, "pid": pid, "tid": tid, "ts": us(record.at)}),
                ),
            }
        }
        self.events.extend(open.iter().map(|_| finish(end)));
    }

    /// Writes the file.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(mut self) -> io::Result<()> {
        self.file.set_len(0)?;
        let mut file = BufWriter::new(&mut self.file);
        serde_json::to_writer(&mut file, &json!({"traceEvents": self.events, "displayTimeUnit": "ns"}))?;
        file.flush()
    }
}

/// The format counts in microseconds.
fn us(ns: u64) -> f64 {
    ns as f64 / 1e3
}
