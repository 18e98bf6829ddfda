//! What was measured of several contenders with more and more threads, or tasks: a curve for each.
//!
//! The bench `scale` measures them, draws them and keeps each in a file of its own, beside
//! criterion's results; `cargo run -p bench -- scale` draws them again. On the terminal each
//! contender is a [panel] of columns; a [picture] has them all as lines.

use std::path::{Path, PathBuf};
use std::{fs, io, thread};

use serde::{Deserialize, Serialize};

use crate::run::{Run, home};

pub mod panel;
pub mod picture;

/// A set of curves: the same at the same places on the axis, by several contenders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// The name: `scale/locks`.
    pub name: String,
    /// What is counted, in the plural: additions, tasks.
    pub what: String,
    /// What there are more and more of: threads, tasks.
    pub of: String,
    /// What a value is.
    pub unit: Unit,
    /// How many of them there were, in ascending order.
    pub at: Vec<u64>,
    /// Who did it.
    pub contenders: Vec<Contender>,
    /// The number of cores that the threads could run on.
    pub cores: u64,
    /// What the run was of.
    pub run: Run,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// How many were done in a second: more is better.
    PerSecond,
    /// How many nanoseconds one took: less is better.
    Nanoseconds,
    /// How many bytes one takes: less is better.
    Bytes,
}

/// One curve.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contender {
    /// The name, as in the other benches.
    pub name: String,
    /// A point for each place on the axis; `None` where nothing was measured.
    pub points: Vec<Option<Point>>,
}

/// What was measured at one place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// The median of the rounds.
    pub median: f64,
    /// Half of the rounds lie this close to the median, as a part of it.
    pub spread: f64,
}

impl Point {
    /// Makes a point of what was measured in some rounds; `None` if in none.
    pub fn of(mut rounds: Vec<f64>) -> Option<Self> {
        let median = middle(&mut rounds)?;
        let mut off: Vec<f64> = rounds.iter().map(|round| (round - median).abs()).collect();
        let spread = middle(&mut off)? / median;
        Some(Self { median, spread: if spread.is_finite() { spread } else { 0.0 } })
    }
}

fn middle(values: &mut [f64]) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}

impl Curve {
    /// Makes one without contenders, of this machine and these sources.
    pub fn new(name: &str, what: &str, of: &str, unit: Unit, at: Vec<u64>) -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from) as u64;
        let [name, what, of] = [name, what, of].map(str::to_owned);
        Self { name, what, of, unit, at, contenders: Vec::new(), cores, run: Run::now() }
    }

    /// Returns what a figure is, and what a value is divided by to be one.
    fn scale(&self) -> (String, f64) {
        let (_, most) = self.range();
        let (one, what) = (self.what.trim_end_matches('s'), &self.what);
        match self.unit {
            Unit::PerSecond if most >= 1e6 => (format!("million {what} a second"), 1e6),
            Unit::PerSecond => (format!("thousand {what} a second"), 1e3),
            Unit::Nanoseconds if most < 99_999.5 => (format!("ns for one {one}"), 1.0),
            Unit::Nanoseconds => (format!("µs for one {one}"), 1e3),
            Unit::Bytes => (format!("bytes for one {one}"), 1.0),
        }
    }

    /// Returns what a figure is, and which is better.
    fn heading(&self) -> String {
        let better = if self.unit == Unit::PerSecond { "more" } else { "less" };
        format!("{} by {}; {better} is better", self.scale().0, self.of)
    }

    /// Returns the least and the greatest value.
    fn range(&self) -> (f64, f64) {
        let points = self.contenders.iter().flat_map(|contender| contender.points.iter().flatten());
        points.fold((f64::INFINITY, 0.0), |(least, most), point| {
            (point.median.min(least), point.median.max(most))
        })
    }

    /// Returns a part between 0 and 1 for a value, and whether parts tell powers of ten: they do
    /// where less is better and the least value would not be seen otherwise. Where more is better,
    /// it is as well that next to nothing looks like it.
    fn part(&self) -> (impl Fn(f64) -> f64, bool) {
        const LINEAR: f64 = 16.0;
        let (least, most) = self.range();
        let linear = self.unit == Unit::PerSecond || most <= LINEAR * least;
        // From the power of ten below the least, so that the least is seen too.
        let (bottom, top) = (least.log10().floor(), most.log10());
        let part = move |value: f64| {
            if linear { value / most } else { (value.log10() - bottom) / (top - bottom) }
        };
        (part, !linear)
    }

    /// Returns what there is to say of more threads than cores, if there are.
    fn oversubscribed(&self) -> Option<String> {
        let cores = self.cores;
        let beyond = self.of != "tasks" && self.at.iter().any(|at| *at > cores);
        let noun = if cores == 1 { "core" } else { "cores" };
        beyond.then(|| format!("beyond {cores} {noun} threads take turns"))
    }

    /// Keeps it for [`read`]; one of the same name is replaced.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn keep(&self) -> io::Result<()> {
        let folder = folder(&home());
        fs::create_dir_all(&folder)?;
        let file = folder.join(file_name(&self.name)).with_extension("json");
        fs::write(file, serde_json::to_string(self)?)
    }
}

fn folder(home: &Path) -> PathBuf {
    home.join("curves")
}

/// Returns the name of the file for something of this name, without an extension.
fn file_name(name: &str) -> String {
    name.replace(|sign: char| !sign.is_ascii_alphanumeric(), "-")
}

/// Reads the curves that were kept below criterion's folder, in the order of their names; what is
/// none is left out.
pub fn read(home: &Path) -> Vec<Curve> {
    let files = fs::read_dir(folder(home)).into_iter().flatten().flatten();
    let read = |file: fs::DirEntry| serde_json::from_slice(&fs::read(file.path()).ok()?).ok();
    let mut curves: Vec<Curve> = files.filter_map(read).collect();
    curves.sort_by(|one, other| one.name.cmp(&other.name));
    curves
}

/// Writes a value in at most five signs.
fn short(value: f64) -> String {
    match value {
        value if value < 9.995 => format!("{value:.2}"),
        value if value < 99.95 => format!("{value:.1}"),
        value if value < 99_999.5 => format!("{value:.0}"),
        value if value < 999_499.5 => format!("{:.0}k", value / 1e3),
        value => format!("{:.1}M", value / 1e6),
    }
}

/// Writes a number on the axis in at most five signs.
fn place(at: u64) -> String {
    match at {
        at if at >= 1_000_000 && at.is_multiple_of(1_000_000) => format!("{}M", at / 1_000_000),
        at if at >= 10_000 && at.is_multiple_of(1_000) => format!("{}k", at / 1_000),
        at => at.to_string(),
    }
}

#[cfg(test)]
mod tests;
