//! Lanes: what each thread, task or process did, to scale, a line for each.

use std::collections::HashMap;

use self::bar::Scale;
use self::key::packed;
use self::look::Look;
use crate::record::{Record, State, What};
use crate::terminal::{Line, Style, Terminal};

mod bar;
mod key;
mod look;

/// A stretch of time in which a lane did one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stretch {
    from: u64,
    to: u64,
    look: Look,
    /// All that it holds, and what it does with it.
    label: String,
    /// What it has begun last.
    newest: String,
}

impl Stretch {
    fn labels(&self) -> [&str; 2] {
        [&self.label, &self.newest]
    }
}

#[derive(Debug)]
struct Lane {
    name: String,
    stretches: Vec<Stretch>,
    /// What is drawn over everything else.
    marks: Vec<(u64, String)>,
    /// What is drawn where there is nothing else.
    instants: Vec<(u64, String)>,
    note: String,
}

/// What an event at level error says that ends its lane.
const ENDS: [&str; 2] = ["panics", "dead"];
/// The sign for an instant at level error.
const MARK: char = '✗';
/// The sign for any other instant.
const INSTANT: char = '•';

/// Holds a run, ready to be drawn.
#[derive(Debug)]
pub struct Lanes {
    start: u64,
    end: u64,
    lanes: Vec<Lane>,
}

/// More lanes than this do not fit on a screen; the rest is counted.
const MOST: usize = 16;
/// Longer names are cut.
const LONGEST: usize = 16;

impl Lanes {
    /// Reads what happened, in the order of time, up to the instant `end` (of the end of the run,
    /// or of the kill; of the last record if not given). A span that is open at the end lasts until
    /// then.
    pub fn new(records: &[Record], end: Option<u64>) -> Self {
        let start = records.first().map_or(0, |record| record.at);
        let end = end.or(records.last().map(|record| record.at)).unwrap_or(start).max(start + 1);
        // Two processes may each have a lane of the same name.
        let mut by_lane: HashMap<(u32, &str), Vec<&Record>> = HashMap::new();
        for record in records {
            by_lane.entry((record.pid, &record.lane)).or_default().push(record);
        }
        let mut lanes: Vec<_> = by_lane
            .into_iter()
            .map(|((pid, name), records)| (pid, Lane::new(name, &records, end)))
            .collect();
        lanes.sort_by_cached_key(|(pid, lane)| (in_order(&lane.name), *pid));
        Self { start, end, lanes: lanes.into_iter().map(|(_, lane)| lane).collect() }
    }

    /// Marks the end of a lane and says why beside it.
    #[must_use]
    pub fn ended(mut self, lane: &str, note: String) -> Self {
        let end = self.end;
        if let Some(lane) = self.lanes.iter_mut().find(|known| known.name == lane) {
            lane.marks.push((end, String::new()));
            lane.note = note;
        }
        self
    }

    /// Tells whether nothing was recorded, so that there is nothing to draw.
    pub fn is_empty(&self) -> bool {
        self.lanes.is_empty()
    }

    /// Draws the lanes below a title, and the axis below them; the key stands beside one of the
    /// two, or else below. A run in which nothing was recorded draws nothing, and a title that is
    /// empty takes no line.
    ///
    /// # Errors
    /// The terminal cannot be written.
    pub fn draw(&self, title: &str, terminal: &mut Terminal) -> std::io::Result<()> {
        if self.lanes.is_empty() {
            return Ok(());
        }
        let shown = &self.lanes[..self.lanes.len().min(MOST)];
        let names = shown.iter().map(|lane| lane.shown_name().chars().count()).max().unwrap_or(0);
        let notes = shown.iter().map(|lane| lane.note.chars().count()).max().unwrap_or(0);
        // Two blanks, the name, " │ ", the bar; then, where there is room for them, the notes.
        let room = terminal.width().saturating_sub(2 + names + 3);
        let beside = if notes > 0 && room >= notes + 2 + 28 { notes + 2 } else { 0 };
        let width = room - beside;
        let scale = Scale { start: self.start, end: self.end, width };
        let bars: Vec<_> = shown.iter().map(|lane| lane.bar(scale)).collect();
        let mut key = self.key(&bars);
        let mut heading = Line::new();
        heading.styled(format!("  {title}"), Style::Quiet);
        let mut axis = Line::new();
        axis.styled(format!("  {:names$}   {}", "", self.axis(width)), Style::Quiet);
        let beside_title = terminal.width().saturating_sub(2 + title.chars().count());
        let beside_title = if title.is_empty() { 0 } else { beside_title };
        let mut places = [(&mut axis, beside), (&mut heading, beside_title)];
        let together = key.join("  ");
        if let Some((line, _)) =
            places.iter_mut().find(|(_, room)| *room >= together.chars().count() + 2)
        {
            line.styled(format!("  {together}"), Style::Quiet);
            key.clear();
        }
        if !title.is_empty() {
            terminal.line(&heading)?;
        }
        for (lane, bar) in shown.iter().zip(bars) {
            let mut line = Line::new();
            line.plain(format!("  {:<names$} │ ", lane.shown_name()));
            for run in bar.chunk_by(|(_, ink), (_, next)| ink == next) {
                line.styled(run.iter().map(|(sign, _)| sign).collect::<String>(), run[0].1);
            }
            if beside > 0 && !lane.note.is_empty() {
                line.plain("  ").styled(lane.note.clone(), Style::Note);
            }
            terminal.line(&line)?;
        }
        if self.lanes.len() > MOST {
            terminal.text(&format!("  … and {} more lanes like these", self.lanes.len() - MOST))?;
        }
        terminal.line(&axis)?;
        for words in packed(&key, width) {
            terminal
                .line(Line::new().styled(format!("  {:names$}   {words}", ""), Style::Quiet))?;
        }
        if beside == 0 {
            for lane in shown.iter().filter(|lane| !lane.note.is_empty()) {
                terminal.wrap(
                    &format!("  {:<names$}   ", lane.shown_name()),
                    Style::Plain,
                    &lane.note,
                )?;
            }
        }
        Ok(())
    }

    /// Writes a time axis of `width` characters: a round number each time there is room for one.
    fn axis(&self, width: usize) -> String {
        let total = self.end - self.start;
        let (unit, name) = match total {
            0..10_000 => (1, "ns"),
            10_000..10_000_000 => (1_000, "µs"),
            10_000_000..10_000_000_000 => (1_000_000, "ms"),
            _ => (1_000_000_000, "s"),
        };
        let least = total * 9 / width.max(1) as u64;
        let step = (0..18)
            .flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u64.pow(power)))
            .find(|&step| step >= least.max(unit))
            .unwrap_or(total);
        let mut axis = format!("0 {name}");
        for tick in 1..=total / step {
            let column = (tick * step) as usize * width / total as usize;
            let text = (tick * step / unit).to_string();
            let used = axis.chars().count();
            if column > used && column + text.len() <= width {
                axis.push_str(&" ".repeat(column - used));
                axis.push_str(&text);
            }
        }
        let used = axis.chars().count();
        axis + &" ".repeat(width.saturating_sub(used))
    }
}

impl Lane {
    fn new(name: &str, records: &[&Record], end: u64) -> Self {
        let mut lane = Self {
            name: name.to_owned(),
            stretches: Vec::new(),
            marks: Vec::new(),
            instants: Vec::new(),
            note: String::new(),
        };
        // A lane that has panicked or was killed does nothing more: what it had begun is closed by
        // others, later.
        let is_end = |record: &&Record| matches!(&record.what, What::Said { text, mark: true } if ENDS.contains(&text.as_str()));
        let is_closed = |record: &&Record| matches!(record.what, What::Closed { .. });
        let last = records.iter().rposition(|record| !is_closed(record));
        let last = last.filter(|&last| is_end(&records[last]));
        let (records, end) =
            last.map_or((records, end), |last| (&records[..=last], records[last].at));
        let mut open: Vec<(u64, State, &str)> = Vec::new();
        let mut since = 0;
        for record in records {
            if record.at > since {
                lane.stretch(since, record.at, &open);
            }
            since = record.at;
            match &record.what {
                What::Opened { id, state, label, .. } => open.push((*id, *state, label)),
                What::Closed { id } => open.retain(|(known, ..)| known != id),
                What::Said { mark: true, text } => lane.marks.push((record.at, text.clone())),
                What::Said { mark: false, text } => lane.instants.push((record.at, text.clone())),
            }
        }
        // What is begun in the last instant is seen, too.
        if end > since || matches!(records.last(), Some(Record { what: What::Opened { .. }, .. })) {
            lane.stretch(since, end.max(since), &open);
        }
        lane
    }

    /// Adds a stretch, if the lane did something. What was begun last, and has not ended, is what
    /// it is seen doing; of several things that it holds, all are named, once each.
    fn stretch(&mut self, from: u64, to: u64, open: &[(u64, State, &str)]) {
        let Some((_, state, newest)) = open.last() else { return };
        let mut labels: Vec<&str> = Vec::new();
        let held =
            open.iter().filter(|(_, state, _)| *state == State::Holds).map(|(.., label)| *label);
        let look = Look::of(*state, open.iter().any(|(_, state, _)| *state == State::Holds));
        let held = held.filter(|_| look.state() == State::Holds).chain([*newest]);
        for label in held {
            if !label.is_empty() && !labels.contains(&label) {
                labels.push(label);
            }
        }
        let label = labels.join("+");
        match self.stretches.last_mut() {
            Some(last) if last.to == from && last.look == look && last.label == label => {
                last.to = to;
            }
            _ => {
                self.stretches.push(Stretch {
                    from,
                    to,
                    look,
                    label,
                    newest: (*newest).to_owned(),
                });
            }
        }
    }

    fn shown_name(&self) -> String {
        if self.name.chars().count() <= LONGEST {
            return self.name.clone();
        }
        self.name.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}

/// Sorts `p2` before `p10`.
pub(crate) fn in_order(name: &str) -> (String, u64) {
    let digits = name.len() - name.trim_end_matches(|last: char| last.is_ascii_digit()).len();
    let (word, number) = name.split_at(name.len() - digits);
    (word.to_owned(), number.parse().unwrap_or(0))
}
