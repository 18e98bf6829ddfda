//! What a variant's run showed.

use std::fmt::Debug;

/// What a variant's real run has to show: a report, or why the promise was not kept.
pub type Checked = Result<Report, String>;

/// What a run showed: one line, and facts below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub(crate) line: String,
    pub(crate) facts: Vec<(String, String)>,
    pub(crate) kind: Kind,
}

/// How the statement of a report was shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kind {
    /// By this run: what was promised came out.
    #[default]
    Checked,
    /// By this run, as a figure: nothing was promised but that it is measured.
    Measured,
    /// By a model checker alone: this machine does not show it.
    Modelled,
    /// Not at all: this machine lacks what it takes.
    NotHere,
}

impl Report {
    /// Returns a report of one line.
    pub fn new(line: impl Into<String>) -> Self {
        Self { line: line.into(), ..Self::default() }
    }

    /// Returns a report of what this machine cannot show, and why: it has one core, or a processor
    /// that keeps an order which others do not. The lesson has kept its promise as far as it could
    /// be asked for.
    pub fn not_here(why: impl Into<String>) -> Self {
        Self { kind: Kind::NotHere, ..Self::new(why) }
    }

    /// Returns a report of figures, which are neither right nor wrong: the screen says "measured"
    /// in place of a verdict.
    pub fn measured(line: impl Into<String>) -> Self {
        Self { kind: Kind::Measured, ..Self::new(line) }
    }

    /// Returns a report of what a model checker has shown in this run, and this machine has not:
    /// the screen says so in place of "breaks".
    pub fn by_model_checker(line: impl Into<String>) -> Self {
        Self { kind: Kind::Modelled, ..Self::new(line) }
    }

    /// Adds a fact under a label; an empty label continues the fact above it.
    #[must_use]
    pub fn fact(mut self, label: impl Into<String>, value: impl Into<String>) -> Self {
        self.facts.push((label.into(), value.into()));
        self
    }
}

/// Reports, if what came out is what has to come out.
///
/// # Errors
/// Something else came out; both are named, and the line that is not so.
pub fn expect<T: PartialEq + Debug>(out: T, wanted: T, line: impl Into<String>) -> Checked {
    let line = line.into();
    if out == wanted {
        Ok(Report::new(line))
    } else {
        Err(format!("it is not so that {line:?}: {out:?} came out, not {wanted:?}"))
    }
}

#[cfg(test)]
mod tests {
    use super::expect;

    #[test]
    fn what_came_out_wrong_is_told_with_the_line_that_is_not_so() {
        let told = expect(1, 2, "both are counted").err();
        let wanted = "it is not so that \"both are counted\": 1 came out, not 2";
        assert_eq!(told.as_deref(), Some(wanted));
    }
}
