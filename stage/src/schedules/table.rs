//! Steps in a table: a column for each thread, and one for the place in the source.

use std::io;

use comfy_table::{ContentArrangement, presets};

use crate::explore::Step;
use crate::lanes::in_order;
use crate::source;
use crate::terminal::{Style, Terminal};

/// The columns of a screen that stand beside those of a table: at its left, and its own first one.
const BESIDE: usize = 12;
/// Columns of threads that are narrower can be read by nobody.
const NARROWEST: usize = 16;

/// Steps that are to be printed.
pub(crate) struct Table<'a> {
    steps: &'a [Step],
    /// The threads, in the order of their names.
    lanes: Vec<&'a str>,
    /// Where each step stands, if there is a column for that.
    places: Option<Vec<String>>,
    /// The file that all places are in, where they are written without it.
    file: Option<String>,
    width: usize,
    /// Whether each step has a line of its own, with the source below it if that was asked for.
    in_lines: bool,
    with_source: bool,
}

impl<'a> Table<'a> {
    /// Makes a table of steps for a screen of that width. `with_source` is for a line for each
    /// step, with the source's line below it.
    pub(crate) fn of(steps: &'a [Step], width: usize, with_source: bool) -> Self {
        let mut lanes: Vec<&str> = Vec::new();
        for step in steps {
            if !lanes.contains(&step.lane.as_str()) {
                lanes.push(&step.lane);
            }
        }
        lanes.sort_by_cached_key(|lane| in_order(lane));
        let longest = |lane: &str| {
            let cells =
                steps.iter().filter(|step| step.lane == lane).map(|step| step.did.chars().count());
            cells.chain([lane.chars().count()]).max().unwrap_or(0)
        };
        let wanted: usize = lanes.iter().map(|lane| longest(lane) + 2).sum();
        let room = width.saturating_sub(BESIDE);
        let in_lines = with_source || wanted > room && room / lanes.len().max(1) < NARROWEST;
        let places = steps.iter().map(|step| step.at.map(source::short).unwrap_or_default());
        let places: Vec<String> = places.collect();
        let wide = |places: &[String]| {
            places.iter().map(|place| place.chars().count()).max().filter(|wide| *wide > 0)
        };
        let fits = |places: &[String]| wide(places).is_some_and(|wide| wanted + wide + 2 <= room);
        // Where the threads' columns are wrapped anyway, they have a little less room.
        let is_narrow = |lines: &[String]| {
            let left = |wide| room.saturating_sub(wide + 2) / lanes.len();
            wanted > room && wide(lines).is_some_and(|wide| left(wide) >= NARROWEST)
        };
        let mut table = Self {
            steps,
            lanes: Vec::new(),
            places: None,
            file: None,
            width,
            in_lines,
            with_source,
        };
        if fits(&places) {
            table.places = Some(places);
        } else if let Some((file, lines)) =
            of_one_file(&places).filter(|(_, lines)| fits(lines) || is_narrow(lines))
        {
            (table.file, table.places) = (Some(file), Some(lines));
        }
        Self { lanes, ..table }
    }

    /// Returns what is to be said of the places in the title, if they are written without their
    /// file.
    pub(crate) fn file(&self) -> String {
        let file = self.file.as_ref().filter(|_| !self.in_lines);
        file.map(|file| format!(", in {file}")).unwrap_or_default()
    }

    /// Prints the steps.
    pub(crate) fn print(&self, terminal: &mut Terminal) -> io::Result<()> {
        if self.in_lines {
            return self.lines(terminal);
        }
        let mut table = comfy_table::Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.width.saturating_sub(6)).unwrap_or(u16::MAX));
        let last = self.places.as_ref().map(|_| "");
        table.set_header(std::iter::once("step").chain(self.lanes.iter().copied()).chain(last));
        for (index, step) in self.steps.iter().enumerate() {
            let did =
                |lane: &&str| if **lane == step.lane { step.did.clone() } else { String::new() };
            let cells = self.lanes.iter().map(did);
            let place = self.places.as_ref().map(|places| places[index].clone());
            table.add_row(std::iter::once((index + 1).to_string()).chain(cells).chain(place));
        }
        table.lines().try_for_each(|line| terminal.text(&format!("     {line}")))
    }

    fn lines(&self, terminal: &mut Terminal) -> io::Result<()> {
        let names = self.lanes.iter().map(|lane| lane.chars().count()).max().unwrap_or(0);
        for (index, step) in self.steps.iter().enumerate() {
            let first = format!("    {:>3}  {:<names$}  ", index + 1, step.lane);
            terminal.wrap(&first, Style::Plain, &step.did)?;
            let at = step.at.filter(|_| self.with_source);
            if let Some((at, line)) = at.and_then(|at| Some((at, source::line(at)?))) {
                terminal.wrap(&format!("         {}  ", source::short(at)), Style::Quiet, &line)?;
            }
        }
        Ok(())
    }
}

/// Returns the file that all places are in, and their lines alone; `None` if there are several.
fn of_one_file(places: &[String]) -> Option<(String, Vec<String>)> {
    let file = places.iter().find_map(|place| place.split_once(':'))?.0;
    let line = |place: &String| match place.strip_prefix(file) {
        Some(line) if line.starts_with(':') => Some(line.to_owned()),
        _ => place.is_empty().then(String::new),
    };
    let lines: Option<Vec<_>> = places.iter().map(line).collect();
    Some((file.to_owned(), lines?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(places: [(&'static str, u32); 2]) -> Vec<Step> {
        let step = |(lane, at): (&str, _)| Step {
            lane: lane.to_owned(),
            did: "waits for a message from all".to_owned(),
            at: Some(at),
        };
        ["t1", "t2"].into_iter().zip(places).map(step).collect()
    }

    #[test]
    fn a_narrow_screen_has_each_steps_place_as_a_line_of_the_file_in_the_title() {
        let steps = steps([("deadlock/src/lock_order.rs", 48), ("deadlock/src/lock_order.rs", 50)]);
        let told = |width, with_source| {
            let table = Table::of(&steps, width, with_source);
            (table.file(), table.places)
        };
        let list = |places: [&str; 2]| Some(places.map(str::to_owned).to_vec());
        let whole = list(["lock_order.rs:48", "lock_order.rs:50"]);
        let lines = list([":48", ":50"]);
        assert_eq!(told(100, false), (String::new(), whole));
        assert_eq!(told(80, false), (", in lock_order.rs".to_owned(), lines.clone()));
        // Where the columns of the threads are wrapped, too.
        assert_eq!(told(66, false), (", in lock_order.rs".to_owned(), lines));
        // A line for each step has its whole place.
        assert_eq!(told(80, true).0, "");
    }

    #[test]
    fn lines_of_several_files_are_not_told_by_their_numbers_alone() {
        let steps = steps([("deadlock/src/lock_order.rs", 48), ("deadlock/src/timed.rs", 50)]);
        let table = Table::of(&steps, 80, false);
        assert_eq!((table.file(), table.places), (String::new(), None));
    }
}
