//! Every execution that the memory model allows, as Loom counts them.
//!
//! A real processor keeps more order than it is asked for, and a schedule of Shuttle keeps all of
//! it. Loom gives each load every value that the C++20 model lets it read, but for two things on
//! which no lesson relies: a load never reads what is stored later (so there is no load buffering),
//! and a `SeqCst` access counts as an Acquire or a Release (so it may find what the model forbids).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::{NoSubscriber, with_default};

/// The executions of a model, counted by what came out of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Executions<T: Ord>(BTreeMap<T, usize>);

impl<T: Ord> Executions<T> {
    /// Returns the number of all executions.
    pub fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// Returns the number of executions with an outcome of this kind.
    pub fn with(&self, kind: impl Fn(&T) -> bool) -> usize {
        self.0.iter().filter(|(outcome, _)| kind(outcome)).map(|(_, count)| count).sum()
    }
}

/// Runs a model, made of the files that are compiled on Loom's atomics, in every execution.
///
/// ```
/// use thread_safety::executions;
/// use thread_safety::loom::litmus::{MessagePassing, Test, once};
/// use thread_safety::orderings::{Relaxed, ReleaseAcquire};
///
/// // The flag without the data: reachable, and not.
/// let asked = |reads: &u8| *reads == MessagePassing::ASKED;
/// assert!(executions(once::<MessagePassing, Relaxed>).with(asked) > 0);
/// assert_eq!(executions(once::<MessagePassing, ReleaseAcquire>).with(asked), 0);
/// ```
pub fn executions<T: Ord + Send + 'static>(
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Executions<T> {
    executions_within(None, run)
}

/// As [`executions`], of those alone in which threads are preempted this number of times at most: a
/// load may still read an old value, so few of them show much of what the memory model allows.
pub fn executions_within<T: Ord + Send + 'static>(
    preemptions: Option<usize>,
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Executions<T> {
    let counted = Arc::new(Mutex::new(BTreeMap::new()));
    let count = Arc::clone(&counted);
    // Loom traces its own affairs, and a model's steps are not to be drawn among real ones.
    with_default(NoSubscriber::default(), || {
        let mut all = loom::model::Builder::new();
        all.preemption_bound = preemptions.or(all.preemption_bound);
        all.check(move || {
            let outcome = run();
            *count.lock().unwrap_or_else(PoisonError::into_inner).entry(outcome).or_default() += 1;
        });
    });
    let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
    Executions(std::mem::take(&mut counted))
}
