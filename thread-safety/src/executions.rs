//! Every execution that the memory model allows, as Loom counts them.
//!
//! A real processor keeps more order than it is asked for, and x86 more than others; a schedule of
//! Shuttle keeps all of it. Loom gives each load every value that the C++20 model lets it read.
//! Three things it does not do, and no lesson takes its word on them: a load never reads what is
//! stored later (so load buffering does not happen), a `SeqCst` access is taken for an acquire or a
//! release (so it may find what the model forbids), and plain memory is checked only inside its own
//! cells.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tracing::subscriber::{NoSubscriber, with_default};

/// Counts the executions by what came out of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcomes<T: Ord>(BTreeMap<T, usize>);

impl<T: Ord> Outcomes<T> {
    /// Counts all executions.
    pub fn all(&self) -> usize {
        self.0.values().sum()
    }

    /// Counts those with an outcome of this kind.
    pub fn with(&self, kind: impl Fn(&T) -> bool) -> usize {
        self.0.iter().filter(|(outcome, _)| kind(outcome)).map(|(_, count)| count).sum()
    }
}

/// Runs what is made of the files in [`weak`](crate::weak) in every execution, and counts what
/// comes out.
///
/// ```
/// use thread_safety::executions;
/// use thread_safety::orders::{Relaxed, ReleaseAcquire};
/// use thread_safety::weak::litmus::{Test, message_passing::MessagePassing, once};
///
/// // The flag without the data: reachable, and not.
/// let asked = |reads: &u8| *reads == MessagePassing::ASKED;
/// assert!(executions(once::<MessagePassing, Relaxed>).with(asked) > 0);
/// assert_eq!(executions(once::<MessagePassing, ReleaseAcquire>).with(asked), 0);
/// ```
///
/// # Panics
/// If `run` does.
pub fn executions<T: Ord + Send + 'static>(
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Outcomes<T> {
    counted(None, run)
}

/// As [`executions`], of those alone in which a thread is preempted once at the most: all others
/// run until they wait or end. A load may still read an old value, so these show much of what the
/// memory model allows, and there are few of them.
///
/// # Panics
/// If `run` does.
pub fn executions_of_one_preemption<T: Ord + Send + 'static>(
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Outcomes<T> {
    counted(Some(1), run)
}

fn counted<T: Ord + Send + 'static>(
    preemptions: Option<usize>,
    run: impl Fn() -> T + Send + Sync + 'static,
) -> Outcomes<T> {
    let counted = Arc::new(Mutex::new(BTreeMap::new()));
    let count = Arc::clone(&counted);
    // Loom speaks through tracing, of its own affairs; and a model's steps are not to be drawn
    // among real ones.
    with_default(NoSubscriber::default(), || {
        let mut all = loom::model::Builder::new();
        all.preemption_bound = preemptions.or(all.preemption_bound);
        all.check(move || {
            let outcome = run();
            *count.lock().unwrap_or_else(PoisonError::into_inner).entry(outcome).or_default() += 1;
        });
    });
    let mut counted = counted.lock().unwrap_or_else(PoisonError::into_inner);
    Outcomes(std::mem::take(&mut counted))
}
