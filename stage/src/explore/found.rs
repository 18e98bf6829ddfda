//! How far an exploration goes, and what it found.

use std::collections::BTreeMap;

use super::Failing;

/// How far an exploration goes.
#[derive(Clone, Copy, Debug)]
pub struct Bound {
    /// The number of schedules that differ that are tried, depth first; a space that is larger is
    /// bounded by preemptions and sampled.
    pub schedules: usize,
    /// The number that is tried with all orders of independent steps: to count them, and to check
    /// the search that leaves orders out. `None` for `schedules`, and, where those that differ were
    /// all tried, the searches beyond that as well.
    pub plain: Option<usize>,
    /// Then every schedule is tried in which threads that could go on are preempted this number of
    /// times at the most.
    pub preemptions: usize,
    /// The number that is drawn at random.
    pub random: usize,
    /// The seed of the random schedules.
    pub seed: u64,
    /// A schedule that has not come to its end after this number of choices is cut off, and counted
    /// as such.
    pub choices: usize,
}

impl Default for Bound {
    fn default() -> Self {
        Self {
            schedules: 20_000,
            plain: None,
            preemptions: 2,
            random: 2_000,
            seed: 1,
            choices: 150,
        }
    }
}

/// Counts schedules.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// The number that was run.
    pub run: usize,
    /// The number of those in which no thread could move.
    pub deadlocked: usize,
    /// The number of those in which a thread panicked: an assertion of the lesson's did not hold.
    pub panicked: usize,
    /// The number that had not come to its end, and was cut off.
    pub cut: usize,
    /// The number that was given up, for one that differs only in the order of independent steps
    /// was run before.
    pub given_up: usize,
    /// Whether these were all of their kind.
    pub all: bool,
}

impl Count {
    /// Counts those that failed.
    pub fn failed(&self) -> usize {
        self.deadlocked + self.panicked
    }

    /// Returns whether these were all of their kind, each to its end.
    pub fn whole(&self) -> bool {
        self.all && self.cut == 0
    }

    /// Counts those that came to a good end.
    pub fn finished(&self) -> usize {
        self.run - self.failed() - self.cut - self.given_up
    }
}

/// What came out of the schedules of a model, or how it failed; whether that is wrong, and in how
/// many schedules.
pub type Ends = BTreeMap<String, (bool, usize)>;

/// What an exploration found.
#[derive(Clone, Debug)]
pub struct Explored {
    /// Of all schedules that differ only in the order of independent steps, one.
    pub differ: Count,
    /// What came out of those.
    pub ends: Ends,
    /// The schedules with all orders, depth first, as far as the bound lets.
    pub depth_first: Count,
    /// Where these were not all: the schedules of few preemptions, and some at random.
    pub beyond: Option<(Count, Count)>,
    /// Of the failing schedules that were found, one of the fewest steps.
    pub shortest: Option<Failing>,
}

impl Explored {
    /// Returns whether every schedule was run, but for those that differ from one that was run only
    /// in the order of independent steps.
    pub fn exhaustive(&self) -> bool {
        self.differ.whole() || self.depth_first.whole()
    }

    /// Returns the counts of each search. The searches overlap: the same schedule may be in
    /// several.
    pub fn counts(&self) -> Vec<Count> {
        let beyond = self.beyond.into_iter().flat_map(<[Count; 2]>::from);
        [self.differ, self.depth_first].into_iter().chain(beyond).collect()
    }

    /// Returns whether some schedule failed.
    pub fn failed(&self) -> bool {
        self.counts().iter().any(|count| count.failed() > 0)
    }
}
