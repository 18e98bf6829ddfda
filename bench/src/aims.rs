//! What the topics set out to reach, and how rounds tell whether they did. The aims themselves are
//! in `bench/aims.toml`.

use std::fs;

use serde::Deserialize;

use crate::results::topic;

/// The file of the aims.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aims {
    /// What benches tell.
    pub aim: Vec<Aim>,
    /// What tests tell.
    pub tested: Vec<Tested>,
}

/// An aim that a bench tells of: a ratio of two contenders.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Aim {
    /// The crate whose aim it is.
    pub topic: String,
    /// The aim in words.
    pub aim: String,
    /// The contender whose time is looked at: `bench/workload/contender`.
    pub of: String,
    /// The contender of the same bench whose time it is divided by.
    pub to: String,
    /// The ratio may be no more than this.
    pub at_most: Option<f64>,
    /// The ratio may be no less than this.
    pub at_least: Option<f64>,
    /// What was found out about why it is missed, or where it has been.
    pub found: Option<String>,
}

/// An aim that no bench can tell of.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tested {
    /// The crate whose aim it is.
    pub topic: String,
    /// The aim in words.
    pub aim: String,
    /// The command that tells.
    pub by: String,
}

/// The ratios that rounds have come to: the median, and the quarters between which half of the
/// rounds lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratios {
    /// The median.
    pub median: f64,
    /// A quarter of the rounds lie below it.
    pub low: f64,
    /// A quarter of the rounds lie above it.
    pub high: f64,
}

/// What became of an aim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Both quarters are on the right side of the bound.
    Holds,
    /// The bound lies between the quarters: the rounds do not decide.
    Within,
    /// Both quarters are on the wrong side.
    Missed,
}

impl Ratios {
    /// Returns the median and the quarters; `None` of fewer than [`LEAST`](Self::LEAST) rounds.
    pub fn of(mut rounds: Vec<f64>) -> Option<Self> {
        rounds.sort_by(f64::total_cmp);
        let at = |quarter| rounds[(rounds.len() - 1) * quarter / 4];
        (rounds.len() >= Self::LEAST).then(|| Self { median: at(2), low: at(1), high: at(3) })
    }

    /// The number of rounds below which quarters say nothing.
    pub const LEAST: usize = 5;
}

impl Aims {
    /// Reads the file. It is no part of this library, on which every bench depends: a change of an
    /// aim builds nothing anew.
    ///
    /// # Errors
    /// Why it cannot be read, in one line.
    pub fn all() -> Result<Self, String> {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/aims.toml");
        let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
        toml_edit::de::from_str(&text).map_err(|error| {
            format!("{file}: {}", error.to_string().lines().collect::<Vec<_>>().join(" "))
        })
    }
}

impl Aim {
    /// Returns the bench that measures it.
    pub fn bench(&self) -> &str {
        topic(&self.of)
    }

    /// Compares the rounds with the bound.
    pub fn verdict(&self, ratios: Ratios) -> Verdict {
        let right = |ratio| {
            self.at_most.is_none_or(|most| ratio <= most)
                && self.at_least.is_none_or(|least| ratio >= least)
        };
        match (right(ratios.low), right(ratios.high)) {
            (true, true) => Verdict::Holds,
            (false, false) => Verdict::Missed,
            _ => Verdict::Within,
        }
    }
}

/// Returns the filter by which a bench times the contenders of these aims and no others: a regular
/// expression, in which a point stands for each sign that could mean something else there.
pub fn filter<'a>(aims: impl IntoIterator<Item = &'a Aim>) -> String {
    let plain =
        |sign: char| if sign.is_alphanumeric() || "/ _,".contains(sign) { sign } else { '.' };
    let mut ids: Vec<String> = aims
        .into_iter()
        .flat_map(|aim| [&aim.of, &aim.to])
        .map(|id| id.chars().map(plain).collect())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    format!("^({})$", ids.join("|"))
}
