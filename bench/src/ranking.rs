//! How fast each contender was at one workload. What other sources have been timed with is named,
//! and not compared.

use crate::results::Timed;
use crate::run::Run;

/// The contenders of one workload, the fastest first; those that are no choice come last.
#[derive(Debug)]
pub struct Ranking {
    /// `topic/workload`.
    pub workload: String,
    /// The contenders that can be compared: all of the same sources on the same machine.
    pub places: Vec<Place>,
    /// The last run that any of these is of; `None` if none is recorded.
    pub run: Option<Run>,
    /// How many runs they are of.
    pub runs: usize,
    /// Results of other sources, which are older.
    pub others: Vec<Timed>,
}

impl Ranking {
    /// Returns who can be chosen; everybody, if nobody can.
    pub fn choices(&self) -> impl Iterator<Item = &Place> + Clone {
        let nobody = self.places.iter().all(|place| place.to_best.is_none());
        self.places.iter().filter(move |place| nobody || place.to_best.is_some())
    }
}

/// One contender's place.
#[derive(Debug)]
pub struct Place {
    /// What was measured.
    pub timed: Timed,
    /// How many times as long it took as the best one; `None` for what is no choice.
    pub to_best: Option<f64>,
    /// How many times as long Python's best took; `None` where it was not asked.
    pub python_takes: Option<f64>,
}

/// Tells whether a contender is there for comparison only: a `(limit)` that nobody reaches, or one
/// whose result is `(wrong)`.
pub fn is_no_choice(contender: &str) -> bool {
    contender.ends_with("(limit)") || contender.ends_with("(wrong)")
}

/// Tells whether a contender is Python's.
pub fn is_python(contender: &str) -> bool {
    contender.contains("python3") || contender.contains("asyncio")
}

/// Ranks the contenders of each workload, in the order of the workloads' names, where numbers count
/// by their size: 2 before 1000, and 64 B before 1 MiB.
pub fn rank(timed: &[Timed]) -> Vec<Ranking> {
    let mut workloads: Vec<&str> = timed.iter().map(|timed| timed.workload.as_str()).collect();
    workloads.sort_by_cached_key(|workload| (parts(workload), *workload));
    workloads.dedup();
    let of =
        |workload| timed.iter().filter(move |timed| timed.workload == workload).cloned().collect();
    workloads.into_iter().map(|workload| rank_one(workload, of(workload))).collect()
}

/// A part of a name, as it is sorted by.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Part<'a> {
    Number(u64),
    Text(&'a str),
}

/// Divides a name into texts and numbers, and each number into its size and what is left of its
/// unit.
fn parts(name: &str) -> Vec<Part<'_>> {
    let is_digit = |sign: char| sign.is_ascii_digit();
    let (mut parts, mut rest) = (Vec::new(), name);
    while !rest.is_empty() {
        let (text, from_number) = rest.split_at(rest.find(is_digit).unwrap_or(rest.len()));
        if !text.is_empty() {
            parts.push(Part::Text(text));
        }
        let end = from_number.find(|sign| !is_digit(sign)).unwrap_or(from_number.len());
        let (digits, after) = from_number.split_at(end);
        let unit = if after.starts_with(" KiB") { 1 << 10 } else { 1 };
        let unit = if after.starts_with(" MiB") { 1 << 20 } else { unit };
        if let Ok(number) = digits.parse::<u64>() {
            parts.push(Part::Number(number.saturating_mul(unit)));
        }
        rest = after;
    }
    parts
}

fn rank_one(workload: &str, timed: Vec<Timed>) -> Ranking {
    let run =
        timed.iter().filter_map(|timed| timed.run.as_ref()).max_by_key(|run| run.started).cloned();
    let comparable = |timed: &Timed| match (&timed.run, &run) {
        (Some(its), Some(last)) => its.compares_with(last),
        (its, last) => its.is_none() && last.is_none(),
    };
    let (mut compared, others): (Vec<_>, Vec<_>) = timed.into_iter().partition(comparable);
    compared.sort_by(|a, b| a.ns.total_cmp(&b.ns));
    // Stable: within both parts the fastest stays first.
    compared.sort_by_key(|timed| is_no_choice(&timed.contender));
    let fastest = |wanted: &dyn Fn(&str) -> bool| {
        compared.iter().find(|timed| wanted(&timed.contender)).map(|timed| timed.ns)
    };
    let best = fastest(&|contender| !is_no_choice(contender));
    let python = fastest(&is_python);
    let mut starts: Vec<_> =
        compared.iter().map(|timed| timed.run.as_ref().map(|run| run.started)).collect();
    starts.sort_unstable();
    starts.dedup();
    let place = |timed: Timed| Place {
        to_best: best.filter(|_| !is_no_choice(&timed.contender)).map(|best| timed.ns / best),
        python_takes: python.map(|python| python / timed.ns),
        timed,
    };
    Ranking {
        workload: workload.to_owned(),
        runs: starts.len(),
        places: compared.into_iter().map(place).collect(),
        run,
        others,
    }
}
