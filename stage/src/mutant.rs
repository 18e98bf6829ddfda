//! A weakened line of a primitive, and what notices it first: a test that is repeated on this
//! machine, the same test in every schedule, or in every execution that the memory model allows.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use crate::explore::{self, Ahead, Model};
use crate::source;

/// The number of times that a test is repeated on this machine.
const RUNS: usize = 100;
/// The number of schedules that are run at the most.
const SCHEDULES: usize = 20_000;

/// A test of the mutant of that name: it returns whether what it claims came out.
type Test = fn(&'static str) -> bool;

/// A primitive with one line weakened: an ordering, a `while`, an atomic step.
///
/// The primitive takes the mutant's name, and has a `match` on it in the place of that line: an arm
/// for each mutant, and `_` for the line as it should be. A test takes the name as well, and returns
/// whether what it claims came out; it is compiled on std, on the model checker's types, and on
/// Loom's.
#[derive(Clone)]
pub struct Mutant {
    pub(crate) name: &'static str,
    file: &'static str,
    /// What the test claims, as a sentence.
    pub(crate) test: &'static str,
    /// Why the line is as it is, as a sentence.
    pub(crate) why: &'static str,
    real: Test,
    model: Model,
    loom: Arc<dyn Fn(&'static str) -> (usize, usize) + Send + Sync>,
}

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
    /// Returns the mutant of that name, whose line is in `file`, named from the root of the
    /// workspace. `test` is what its test claims, `why` what the line is for: a sentence each.
    ///
    /// `real` and `model` are the test on std and on the model checker's types; `loom` runs it in
    /// Loom's executions, and returns in how many of how many the claim failed.
    pub fn new(
        name: &'static str,
        file: &'static str,
        (test, why): (&'static str, &'static str),
        (real, model): (Test, Test),
        loom: impl Fn(&'static str) -> (usize, usize) + Send + Sync + 'static,
    ) -> Self {
        let model = explore::outcomes(vec![true], move || model(name));
        Self { name, file, test, why, real, model, loom: Arc::new(loom) }
    }

    /// Runs the test in each of the three ways.
    pub(crate) fn noticed(&self) -> Noticed {
        let passes = || panic::catch_unwind(AssertUnwindSafe(|| (self.real)(self.name)));
        let passed = (0..RUNS).take_while(|_| passes().unwrap_or(false)).count();
        let Ahead { count, .. } = explore::ahead(&[], SCHEDULES, &self.model);
        let (finish, fail) = (count.finished(), count.failed());
        let (wrong, executions) = (self.loom)(self.name);
        let of = if count.whole() { "" } else { "first " };
        let schedules = finish + fail;
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
                    format!("fails in {fail} of the {of}{schedules} schedules that differ")
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

    /// Returns the line as it should be and as it is weakened, with the number of the latter in its
    /// file; `None` where the file is not at hand.
    pub(crate) fn diff(&self) -> Option<Diff> {
        let text = source::text(self.file)?;
        let lines: Vec<&str> = text.lines().collect();
        let head = format!("\"{}\" => ", self.name);
        let weak = lines.iter().position(|line| line.trim_start().starts_with(&head))?;
        let strong = weak + lines[weak..].iter().position(|line| is_last_arm(line))?;
        let arm = |line: &str| {
            let (_, code) = line.split_once(" => ").unwrap_or_default();
            code.trim_end_matches(',').to_owned()
        };
        Some(Diff {
            place: format!("{}:{}", self.file, weak + 1),
            written: arm(lines[strong]),
            weakened: arm(lines[weak]),
        })
    }
}

fn is_last_arm(line: &str) -> bool {
    line.trim_start().starts_with("_ => ")
}

/// The line of a mutant, before and after.
pub(crate) struct Diff {
    /// Where the weakened line is.
    pub(crate) place: String,
    pub(crate) written: String,
    pub(crate) weakened: String,
}
