//! A run as a file for Perfetto (ui.perfetto.dev) or `chrome://tracing`: the Trace Event Format.
//!
//! A span is one event, a complete one (`X`) in its lane's row. The events of a row have to nest,
//! and spans need not: of two that overlap, the one that began first is an asynchronous event (`b`,
//! `e`), which viewers give a row of its own.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;
use std::path::{Path, PathBuf};

use crate::record::{Record, State, What};
use crate::whole_file;

/// Collects the runs of several processes; all their records are on one clock.
#[derive(Debug)]
pub struct Trace {
    /// The file, which is written at the end: a run that is interrupted leaves what was there.
    file: PathBuf,
    /// The events so far, as they will be written.
    events: Vec<u8>,
    /// How many asynchronous events there are, which are told apart by number.
    overlapping: u64,
}

/// A row of the picture.
#[derive(Clone, Copy)]
struct Row {
    pid: u32,
    tid: u64,
}

/// A span that has not ended.
struct Open<'a> {
    since: u64,
    state: State,
    label: &'a str,
    /// Its end, if that came while spans over it were open.
    ended: Option<u64>,
}

impl Trace {
    /// Finds out whether the file can be written, before anything is run.
    ///
    /// # Errors
    /// There is no such folder, no right to write, or something other than a file of that name.
    pub fn open(path: &Path) -> io::Result<Self> {
        // A pipe would be waited for, a folder cannot be written.
        if path.exists() && !path.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        whole_file::can_be_written(path)?;
        Ok(Self { file: path.to_owned(), events: Vec::new(), overlapping: 0 })
    }

    /// Tells whether no run has said anything yet.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// Returns how much was said so far, in bytes.
    pub(crate) fn len(&self) -> usize {
        self.events.len()
    }

    /// Adds what a run said, under a name for it; `process` names the process `own`, and the others
    /// are named after their lanes. What is open ends at the run's end.
    pub fn add(
        &mut self,
        run: &str,
        (process, own): (&str, u32),
        records: &[Record],
        time: std::ops::Range<u64>,
    ) {
        let mut lanes: BTreeMap<(u32, &str), Vec<&Record>> = BTreeMap::new();
        for record in records {
            lanes.entry((record.pid, &record.lane)).or_default().push(record);
        }
        if lanes.is_empty() {
            return;
        }
        let mut names: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
        lanes.keys().for_each(|(pid, lane)| names.entry(*pid).or_default().push(lane));
        names.entry(own).or_default();
        for (pid, lanes) in names {
            let name = if pid == own {
                process.to_owned()
            } else {
                format!("{process}: {}", lanes.join(", "))
            };
            self.name("process_name", Row { pid, tid: 0 }, &name);
        }
        let whole = Row { pid: own, tid: 0 };
        self.name("thread_name", whole, "lessons");
        self.complete(whole, run, time.clone());
        // A lane has its thread's row, if the thread has no other lane; a task has a row that no
        // thread has.
        let threads = |records: &[&Record]| {
            records.iter().map(|record| (record.pid, record.tid)).collect::<BTreeSet<_>>()
        };
        let mut lanes_of: BTreeMap<(u32, u64), usize> = BTreeMap::new();
        lanes
            .values()
            .flat_map(|records| threads(records))
            .for_each(|thread| *lanes_of.entry(thread).or_default() += 1);
        for (index, ((pid, lane), records)) in lanes.iter().enumerate() {
            let mut own = threads(records)
                .into_iter()
                .filter(|thread| lanes_of[thread] == 1)
                .map(|(_, tid)| tid);
            let tid = match (own.next(), own.next()) {
                (Some(tid), None) => tid,
                _ => (1 << 32) + index as u64,
            };
            self.lane(Row { pid: *pid, tid }, lane, records, time.end);
        }
    }

    /// Adds an event of this phase in a row: what else is said of it, as JSON.
    fn push(&mut self, phase: &str, Row { pid, tid }: Row, rest: &str) {
        if !self.events.is_empty() {
            self.events.extend(b",\n");
        }
        let event = format!("{{\"ph\":\"{phase}\",\"pid\":{pid},\"tid\":{tid},{rest}}}");
        self.events.extend(event.as_bytes());
    }

    fn name(&mut self, of: &str, row: Row, name: &str) {
        let name = quoted(name);
        self.push("M", row, &format!("\"name\":\"{of}\",\"args\":{{\"name\":{name}}}"));
    }

    fn complete(&mut self, row: Row, name: &str, time: std::ops::Range<u64>) {
        let (name, begins) = (quoted(name), us(time.start));
        let lasts = us(time.end.saturating_sub(time.start));
        self.push("X", row, &format!("\"name\":{name},\"ts\":{begins},\"dur\":{lasts}"));
    }

    fn overlap(&mut self, row: Row, name: &str, time: std::ops::Range<u64>) {
        self.overlapping += 1;
        let (name, id) = (quoted(name), self.overlapping);
        for (phase, at) in [("b", us(time.start)), ("e", us(time.end))] {
            let rest = format!("\"cat\":\"overlapping\",\"id\":{id},\"name\":{name},\"ts\":{at}");
            self.push(phase, row, &rest);
        }
    }

    fn lane(&mut self, row: Row, lane: &str, records: &[&Record], end: u64) {
        self.name("thread_name", row, lane);
        // The spans that are open, by their number, and the order in which they began.
        let mut open: HashMap<u64, Open<'_>> = HashMap::new();
        let mut order: Vec<u64> = Vec::new();
        for record in records {
            match &record.what {
                What::Opened { id, state, label, .. } => {
                    open.insert(*id, Open { since: record.at, state: *state, label, ended: None });
                    order.push(*id);
                }
                What::Closed { id } => {
                    if let Some(span) = open.get_mut(id) {
                        span.ended = Some(record.at);
                    }
                    // The newest ends: it lies within all that are open. What has ended below it
                    // overlapped it, or another.
                    if order.last() == Some(id) {
                        order.pop();
                        if let Some(span) = open.remove(id) {
                            self.complete(row, &span.name(None), span.since..record.at);
                        }
                    }
                    while let Some(span) =
                        order.last().filter(|id| open[id].ended.is_some()).copied()
                    {
                        order.pop();
                        if let Some(span) = open.remove(&span) {
                            self.overlap(
                                row,
                                &span.name(Some(lane)),
                                span.since..span.ended.unwrap_or(end),
                            );
                        }
                    }
                }
                What::Said { text, .. } => {
                    let (name, at) = (quoted(text), us(record.at));
                    self.push("i", row, &format!("\"s\":\"t\",\"name\":{name},\"ts\":{at}"));
                }
            }
        }
        for span in order.into_iter().filter_map(|id| open.remove(&id)) {
            match span.ended {
                Some(ended) => self.overlap(row, &span.name(Some(lane)), span.since..ended),
                None => self.complete(row, &span.name(None), span.since..end.max(span.since)),
            }
        }
    }

    /// Writes the file. If no run has said anything, none is left that was not there before.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(self) -> io::Result<()> {
        if self.is_empty() {
            return Ok(());
        }
        let head = b"{\"displayTimeUnit\":\"ns\",\"traceEvents\":[\n";
        whole_file::write(&self.file, &[head, &self.events[..], b"\n]}\n"].concat())
    }
}

impl Open<'_> {
    fn name(&self, lane: Option<&str>) -> String {
        let lane = lane.map(|lane| format!("{lane} ")).unwrap_or_default();
        format!("{lane}{} {}", self.state.word(), self.label).trim_end().to_owned()
    }
}

/// Writes a text as a string of JSON.
fn quoted(text: &str) -> String {
    let mut quoted = String::from('"');
    for sign in text.chars() {
        match sign {
            '"' | '\\' => quoted.extend(['\\', sign]),
            sign if sign.is_control() => quoted += &format!("\\u{:04x}", u32::from(sign)),
            sign => quoted.push(sign),
        }
    }
    quoted + "\""
}

/// The format counts in microseconds.
fn us(ns: u64) -> f64 {
    ns as f64 / 1e3
}
