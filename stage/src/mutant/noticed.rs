//! What notices a weakened line: its test is run in three ways.

use std::panic::{self, AssertUnwindSafe};

use super::Mutant;
use crate::explore::{self, Ahead};
use crate::terminal::grouped;

/// The number of times that a test is repeated on this machine.
const RUNS: usize = 100;
/// The number of schedules that are run at the most.
const SCHEDULES: usize = 20_000;

/// The first that notices a mutant, in the order of what they cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Witness {
    Machine,
    Schedule,
    Loom,
    Nobody,
}

impl Witness {
    pub(crate) const ALL: [Self; 4] = [Self::Machine, Self::Schedule, Self::Loom, Self::Nobody];

    /// Returns what a choice says of it.
    pub(crate) fn choice(self) -> String {
        match self {
            Self::Machine => format!("this machine, if it repeats the test {RUNS} times"),
            Self::Schedule => "not this machine, but Shuttle, in one of all schedules".to_owned(),
            Self::Loom => {
                "neither, but Loom, in an execution that the memory model allows".to_owned()
            }
            Self::Nobody => "none of these three".to_owned(),
        }
    }
}

/// What each of the three came to.
pub(crate) struct Noticed {
    /// Whether each of them saw the claim fail.
    fails: [bool; 3],
    /// What each came to: its name, and a text.
    pub(crate) told: Vec<(String, String)>,
}

impl Noticed {
    /// Returns whether this is the first that noticed.
    pub(crate) fn is_first(&self, witness: Witness) -> bool {
        let [machine, schedule, loom] = self.fails;
        match witness {
            Witness::Machine => machine,
            Witness::Schedule => !machine && schedule,
            Witness::Loom => !machine && !schedule && loom,
            Witness::Nobody => !machine && !schedule && !loom,
        }
    }
}

impl Mutant {
    /// Runs the test in each of the three ways.
    pub(crate) fn noticed(&self) -> Noticed {
        let passes = || panic::catch_unwind(AssertUnwindSafe(|| (self.real)(self.name)));
        let passed = (0..RUNS).take_while(|_| passes().unwrap_or(false)).count();
        let Ahead { count, .. } = explore::ahead(&[], SCHEDULES, &self.model);
        let (finish, fail) = (count.finished(), count.failed());
        let (wrong, executions) = (self.loom)(self.name);
        let of = if count.whole() { "" } else { "first " };
        let schedules = grouped(finish + fail);
        let told = [
            (
                "this machine",
                if passed == RUNS {
                    format!("passes {RUNS} of {RUNS} runs")
                } else {
                    format!("fails in run {}", passed + 1)
                },
            ),
            (
                "Shuttle",
                if fail == 0 {
                    format!("passes in the {of}{schedules} schedules that differ")
                } else {
                    format!(
                        "fails in {} of the {of}{schedules} schedules that differ",
                        grouped(fail)
                    )
                },
            ),
            (
                "Loom",
                if wrong == 0 {
                    format!("passes in all {executions} executions")
                } else {
                    format!("fails in {wrong} of {executions} executions")
                },
            ),
        ];
        let told = told.into_iter().map(|(who, what)| (format!("{who:<12}"), what)).collect();
        Noticed { fails: [passed < RUNS, fail > 0, wrong > 0], told }
    }
}
