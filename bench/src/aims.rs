//! What the topics set out to reach, and whether they did. The aims themselves are in
//! `bench/aims.toml`.

use serde::Deserialize;

use crate::results::{Timed, topic};

/// The file of the aims.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Aims {
    /// What benches tell.
    pub aim: Vec<Aim>,
    /// What tests tell.
    pub tested: Vec<Tested>,
}

/// An aim that a bench tells of: a ratio of two contenders of one run, or, without `to`,
/// nanoseconds.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Aim {
    /// The crate whose aim it is.
    pub topic: String,
    /// The aim in words.
    pub aim: String,
    /// Whose time is looked at: `topic/workload/contender`.
    pub of: String,
    /// What it is divided by.
    pub to: Option<String>,
    /// It may be no more than this.
    pub at_most: Option<f64>,
    /// It may be no less than this.
    pub at_least: Option<f64>,
    /// Where it is missed: what was found out about why.
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

/// What became of an aim.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Verdict {
    /// It holds, by this ratio, with this spread.
    Holds(f64, f64),
    /// It does not.
    Missed(f64, f64),
    /// One of the two has no result.
    NotMeasured,
    /// The two results are of different runs, in which the machine may have been a different one.
    NotOneRun,
}

impl Aims {
    /// Reads the file, which is part of this program.
    ///
    /// # Panics
    /// If it cannot be read; a test sees to it that it can.
    pub fn all() -> Self {
        toml_edit::de::from_str(include_str!("../aims.toml")).expect("the test has read it too")
    }
}

impl Aim {
    /// Returns the bench that measures it.
    pub fn bench(&self) -> &str {
        topic(&self.of)
    }

    /// Looks up what was measured, and compares.
    pub fn verdict(&self, timed: &[Timed]) -> Verdict {
        let find = |id: &str| timed.iter().find(|timed| timed.id() == id);
        let (value, spread) = match (find(&self.of), self.to.as_deref().map(find)) {
            (Some(of), None) => (of.ns, of.spread),
            (Some(of), Some(Some(to))) if of.run.is_some() && of.run == to.run => {
                (of.ns / to.ns, of.spread.hypot(to.spread))
            }
            (Some(_), Some(Some(_))) => return Verdict::NotOneRun,
            _ => return Verdict::NotMeasured,
        };
        let holds = self.at_most.is_none_or(|most| value <= most)
            && self.at_least.is_none_or(|least| value >= least);
        if holds { Verdict::Holds(value, spread) } else { Verdict::Missed(value, spread) }
    }
}
