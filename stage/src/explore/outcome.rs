//! What comes out of a run of a model, and whether it is right.

use std::fmt::Debug;
use std::sync::Arc;

use super::words::words;

/// What came out of a run of a model.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// It, as it is counted; empty where a model only finishes or fails.
    pub(super) text: String,
    /// Why it is wrong, if it is.
    pub(super) wrong: Option<String>,
}

/// A lesson in its modelled variant. It fails by deadlock, by panic, or by an outcome that is
/// wrong.
pub type Model = Arc<dyn Fn() -> Outcome + Send + Sync>;

/// Makes a model of a function; what it returns does not matter.
pub fn model<T>(run: impl Fn() -> T + Send + Sync + 'static) -> Model {
    Arc::new(move || {
        let _ = run();
        Outcome::default()
    })
}

/// Makes a model of a function of which every outcome is counted; one that is not among `right` is
/// a failure, unless `right` is empty.
///
/// What comes out depends on the schedule alone: no time, no address.
pub fn outcomes<T: Debug + PartialEq + Send + Sync + 'static>(
    right: Vec<T>,
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Model {
    outcomes_of("", right, run)
}

/// As [`outcomes`], with a name for what comes out; it is empty where a value says it by itself.
pub(crate) fn outcomes_of<T: Debug + PartialEq + Send + Sync + 'static>(
    outcome: &'static str,
    right: Vec<T>,
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Model {
    Arc::new(move || {
        let out = run();
        let wrong = !right.is_empty() && !right.contains(&out);
        let text = words(&out);
        let wanted = right.iter().map(words).collect::<Vec<_>>().join(" or ");
        let told = || format!("{}, not {wanted}", came_out(outcome, &text));
        Outcome { wrong: wrong.then(told), text }
    })
}

/// Tells what came out: "2 in use came out", "the counter came out as 1".
pub(crate) fn came_out(outcome: &str, text: &str) -> String {
    match outcome {
        "" => format!("{text} came out"),
        _ => format!("{outcome} came out as {text}"),
    }
}
