//! A weakened line of a primitive, and what notices it first: a test that is repeated on this
//! machine, the same test in every schedule, or in every execution that the memory model allows.

use std::sync::Arc;

use crate::explore::{self, Model};
use crate::source;

#[cfg(feature = "explore")]
pub(crate) use self::noticed::Witness;

#[cfg(feature = "explore")]
mod noticed;

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
