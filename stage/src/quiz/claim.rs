//! What a choice claims of a model, and whether that is true: found by running the model.

use std::fmt;

use super::subject::{Subject, movers};

/// How the schedules of a variant end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Holds,
    FailsInSome,
    FailsInAll,
}

/// What comes after a move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Then {
    /// The run fails.
    Fails,
    /// All threads finish.
    Finishes,
    /// These threads can move.
    CanMove(Vec<String>),
}

/// What a choice claims.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// The schedules end so.
    Ends(Verdict),
    /// This number of schedules differ.
    Differ(usize),
    /// After these choices, these threads can move, and no other.
    CanMove(Vec<usize>, Vec<String>),
    /// After these choices, this comes.
    After(Vec<usize>, Then),
    /// The schedule of these choices has failed by the last; it is shown as the thread of each
    /// move.
    Fails(Vec<usize>, String),
    /// These are the least and the greatest value that comes out.
    Values(i128, i128),
}

impl Claim {
    /// Runs the model, and returns whether the claim is true of it.
    pub(super) fn is_true(&self, subject: &Subject<'_>) -> bool {
        match self {
            Self::Ends(verdict) => subject.verdict() == Some(*verdict),
            Self::Differ(number) => subject.differ() == Some(*number),
            Self::CanMove(choices, names) => {
                subject.position(choices).is_some_and(|at| movers(&at) == *names)
            }
            Self::After(choices, then) => subject.then(choices).as_ref() == Some(then),
            Self::Fails(choices, _) => {
                subject.position(choices).is_some_and(|at| matches!(at.end, Some(Err(_))))
            }
            Self::Values(least, greatest) => subject.values() == Some((*least, *greatest)),
        }
    }
}

impl Subject<'_> {
    /// Finds what comes after some choices, the last of which is a move.
    pub(super) fn then(&self, choices: &[usize]) -> Option<Then> {
        let position = self.position(choices)?;
        Some(match &position.end {
            Some(Err(_)) => Then::Fails,
            Some(Ok(_)) => Then::Finishes,
            None => Then::CanMove(movers(&position)),
        })
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ends(Verdict::Holds) => f.write_str("it holds in all of its schedules"),
            Self::Ends(Verdict::FailsInSome) => f.write_str("it fails in some of its schedules"),
            Self::Ends(Verdict::FailsInAll) => f.write_str("it fails in all of its schedules"),
            Self::Differ(number) => write!(f, "{number}"),
            Self::CanMove(_, names) if names.is_empty() => f.write_str("no thread"),
            Self::CanMove(_, names) => f.write_str(&list(names)),
            Self::After(_, Then::Fails) => f.write_str("the run fails"),
            Self::After(_, Then::Finishes) => f.write_str("all threads finish"),
            Self::After(_, Then::CanMove(names)) => write!(f, "{} can move next", list(names)),
            Self::Fails(_, moves) => f.write_str(moves),
            Self::Values(least, greatest) if least == greatest => write!(f, "always {least}"),
            Self::Values(least, greatest) => write!(f, "least {least}, greatest {greatest}"),
        }
    }
}

/// Writes names as a list: "only t1", "t1 and t2", "t1, t2 and t3".
fn list(names: &[String]) -> String {
    match names {
        [] => "no thread".to_owned(),
        [one] => format!("only {one}"),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
