//! A model in a binary that has no model checker: that there is one.

use std::fmt::Debug;

/// A lesson in its modelled variant, which is not kept: the feature `explore` does.
#[derive(Clone, Copy, Debug)]
pub struct Model(());

/// Takes a function for a model.
pub fn model<T>(_run: impl Fn() -> T + Send + Sync + 'static) -> Model {
    Model(())
}

/// Takes a function for a model of which every outcome is counted.
pub fn outcomes<T: Debug + PartialEq + Send + Sync + 'static>(
    _right: Vec<T>,
    _run: impl Fn() -> T + Send + Sync + 'static,
) -> Model {
    Model(())
}

/// Takes a function for a model of which every outcome is counted, and has a name.
pub(crate) fn outcomes_of<T: Debug + PartialEq + Send + Sync + 'static>(
    _outcome: &'static str,
    right: Vec<T>,
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Model {
    outcomes(right, run)
}
