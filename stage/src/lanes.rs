//! Lanes: what each thread, task or process did, to scale, a line for each.

use std::collections::HashMap;

use crate::page::{Ink, Line, Page};
use crate::record::{Record, State, What};

/// A stretch of time in which a lane did one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stretch {
    from: u64,
    to: u64,
    state: State,
    label: String,
}

#[derive(Debug)]
struct Lane {
    name: String,
    stretches: Vec<Stretch>,
    marks: Vec<(u64, String)>,
    note: String,
}

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
    /// Reads what happened, in the order of time, up to the instant `end` (of the end of the run, or of the kill; of the last
    /// record if not given). A span that is open at the end lasts until then.
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
            .filter(|(_, lane)| !lane.stretches.is_empty())
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

    /// Draws the lanes, the axis below them and the key. A run in which nothing lasted draws nothing.
    ///
    /// # Errors
    /// The page cannot be written.
    pub fn draw(&self, page: &mut Page) -> std::io::Result<()> {
        if self.lanes.is_empty() {
            return Ok(());
        }
        let shown = &self.lanes[..self.lanes.len().min(MOST)];
        let names = shown.iter().map(|lane| lane.shown_name().chars().count()).max().unwrap_or(0);
        let notes = shown.iter().map(|lane| lane.note.chars().count()).max().unwrap_or(0);
        // Two blanks, the name, " │ ", the bar; then, where there is room for them, the notes.
        let room = page.width().saturating_sub(2 + names + 3);
        let beside = if notes > 0 && room >= notes + 2 + 28 { notes + 2 } else { 0 };
        let width = room - beside;
        let mut seen = Vec::new();
        for lane in shown {
            let mut line = Line::new();
            line.plain(format!("  {:<names$} │ ", lane.shown_name()));
            for (text, ink) in lane.bar(self.start, self.end, width) {
                if let Ink::State(state) = ink
                    && !seen.contains(&state)
                {
                    seen.push(state);
                }
                line.ink(text, ink);
            }
            if beside > 0 && !lane.note.is_empty() {
                line.plain("  ").ink(lane.note.clone(), Ink::Note);
            }
            page.line(&line)?;
        }
        if self.lanes.len() > MOST {
            page.text(&format!("  … and {} more lanes like these", self.lanes.len() - MOST))?;
        }
        let mut axis = Line::new();
        axis.ink(format!("  {:names$}   {}", "", self.axis(width)), Ink::Quiet);
        let key = self.key(&seen);
        if beside >= key.chars().count() + 2 {
            axis.ink(format!("  {key}"), Ink::Quiet);
            page.line(&axis)?;
        } else {
            page.line(&axis)?;
            page.line(Line::new().ink(format!("  {:names$}   {key}", ""), Ink::Quiet))?;
        }
        if beside == 0 {
            for lane in shown.iter().filter(|lane| !lane.note.is_empty()) {
                page.wrap(&format!("  {:<names$}   ", lane.shown_name()), Ink::Plain, &lane.note)?;
            }
        }
        Ok(())
    }

    /// Says which glyph stands for what, of what was drawn.
    fn key(&self, seen: &[State]) -> String {
        let mut words: Vec<_> = [State::Holds, State::Waits, State::Runs, State::Idles]
            .into_iter()
            .filter(|state| seen.contains(state))
            .map(|state| format!("{} {}", glyph(state), state.word()))
            .collect();
        // A lane's note says what the mark at its end is.
        if let Some((_, text)) =
            self.lanes.iter().flat_map(|lane| &lane.marks).find(|(_, text)| !text.is_empty())
        {
            words.push(format!("✗ {text}"));
        }
        words.join("  ")
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
        let mut lane =
            Self { name: name.to_owned(), stretches: Vec::new(), marks: Vec::new(), note: String::new() };
        let mut open: Vec<(u64, State, &str)> = Vec::new();
        let mut since = 0;
        for record in records {
            lane.stretch(since, record.at, &open);
            since = record.at;
            match &record.what {
                What::Opened { id, state, label, .. } => open.push((*id, *state, label)),
                What::Closed { id } => open.retain(|(known, ..)| known != id),
                What::Said { mark: true, text } => lane.marks.push((record.at, text.clone())),
                What::Said { mark: false, .. } => {}
            }
        }
        lane.stretch(since, end, &open);
        lane
    }

    /// Adds a stretch, if the lane did something. What was begun last, and has not ended, is what it is seen doing; of
    /// several things that it holds, all are named.
    fn stretch(&mut self, from: u64, to: u64, open: &[(u64, State, &str)]) {
        let Some((_, state, label)) = open.last() else { return };
        if to <= from {
            return;
        }
        let label = if *state == State::Holds {
            let held = open.iter().filter(|(_, state, label)| *state == State::Holds && !label.is_empty());
            held.map(|(.., label)| *label).collect::<Vec<_>>().join("+")
        } else {
            (*label).to_owned()
        };
        match self.stretches.last_mut() {
            Some(last) if last.to == from && last.state == *state && last.label == label => last.to = to,
            _ => self.stretches.push(Stretch { from, to, state: *state, label }),
        }
    }

    fn shown_name(&self) -> String {
        if self.name.chars().count() <= LONGEST {
            return self.name.clone();
        }
        self.name.chars().take(LONGEST - 1).chain(['…']).collect()
    }

    /// Draws the lane in `width` cells. A cell shows the state that took most of its time, if something was done for half of
    /// it; a run of cells of one stretch begins with its label where that fits.
    fn bar(&self, start: u64, end: u64, width: usize) -> Vec<(String, Ink)> {
        let edge = |cell: usize| start + ((end - start) as u128 * cell as u128 / width as u128) as u64;
        let mut first = 0;
        let cells: Vec<Option<(State, &str)>> = (0..width)
            .map(|cell| {
                let (from, to) = (edge(cell), edge(cell + 1));
                while self.stretches.get(first).is_some_and(|stretch| stretch.to <= from) {
                    first += 1;
                }
                let inside: Vec<_> = self.stretches[first..]
                    .iter()
                    .take_while(|stretch| stretch.from < to)
                    .map(|stretch| (stretch, stretch.to.min(to) - stretch.from.max(from)))
                    .collect();
                let sum = |state| {
                    inside.iter().filter(|(one, _)| one.state == state).map(|(_, time)| time).sum::<u64>()
                };
                let busy: u64 = inside.iter().map(|(_, time)| time).sum();
                let most = inside.iter().max_by_key(|(one, time)| (sum(one.state), *time))?;
                // Where many short stretches share a cell, no one label is right.
                let label = if most.1 * 2 >= to - from { most.0.label.as_str() } else { "" };
                (busy * 2 >= to - from).then_some((most.0.state, label))
            })
            .collect();
        let marked = |cell: usize| {
            self.marks.iter().any(|&(at, _)| {
                (edge(cell)..edge(cell + 1)).contains(&at) || (cell + 1 == width && at >= end)
            })
        };
        let mut bar = Vec::new();
        let mut cell = 0;
        while cell < width {
            let run = cells[cell..].iter().take_while(|&&other| other == cells[cell]).count();
            let Some((state, label)) = cells[cell] else {
                bar.push((" ".repeat(run), Ink::Plain));
                cell += run;
                continue;
            };
            let label = if label.chars().count() < run { label } else { "" };
            let rest = run - label.chars().count();
            bar.push((label.to_owned(), Ink::Label(state)));
            bar.push((glyph(state).to_string().repeat(rest), Ink::State(state)));
            cell += run;
        }
        with_marks(bar, (0..width).filter(|&cell| marked(cell)))
    }
}

/// Puts a mark over the cells given.
fn with_marks(bar: Vec<(String, Ink)>, marks: impl Iterator<Item = usize>) -> Vec<(String, Ink)> {
    let mut cells: Vec<(char, Ink)> =
        bar.iter().flat_map(|(text, ink)| text.chars().map(|glyph| (glyph, *ink))).collect();
    for cell in marks {
        cells[cell] = ('✗', Ink::Mark);
    }
    let mut runs: Vec<(String, Ink)> = Vec::new();
    for (glyph, ink) in cells {
        match runs.last_mut() {
            Some((text, last)) if *last == ink => text.push(glyph),
            _ => runs.push((glyph.to_string(), ink)),
        }
    }
    runs
}

fn glyph(state: State) -> char {
    match state {
        State::Holds => '█',
        State::Waits => '▒',
        State::Runs => '▄',
        State::Idles => '·',
    }
}

/// Sorts `p2` before `p10`.
pub(crate) fn in_order(name: &str) -> (String, u64) {
    let digits = name.len() - name.trim_end_matches(|last: char| last.is_ascii_digit()).len();
    let (word, number) = name.split_at(name.len() - digits);
    (word.to_owned(), number.parse().unwrap_or(0))
}
