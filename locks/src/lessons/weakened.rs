//! What can be weakened of this topic's primitives: `--weaken`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use stage::Mutant;
use tracing::subscriber::{NoSubscriber, with_default};

/// Runs a test in every execution of at most two preemptions; returns in how many its claim failed,
/// and the number of all.
fn executions(test: fn(&'static str) -> bool, name: &'static str) -> (usize, usize) {
    let counts: Arc<[AtomicUsize; 2]> = Arc::default();
    let counted = Arc::clone(&counts);
    // Loom traces its own affairs.
    with_default(NoSubscriber::default(), || {
        let mut all = ::loom::model::Builder::new();
        all.preemption_bound = Some(2);
        all.check(move || {
            counted[usize::from(test(name))].fetch_add(1, Relaxed);
        });
    });
    let [failed, passed] = [0, 1].map(|index| counts[index].load(Relaxed));
    (failed, failed + passed)
}

/// Makes mutants whose test is that function, compiled on std, for Shuttle and for Loom.
macro_rules! mutants {
    ($test:ident, $claim:literal: $($name:literal => $why:literal,)*) => {{
        use locks::{loom, model, real};
        [$(Mutant::new(
            $name,
            "locks/src/weakened.rs",
            ($claim, $why),
            (real::weakened::$test, model::weakened::$test),
            |name| executions(loom::weakened::$test, name),
        )),*]
    }};
}

pub(crate) fn spin() -> [Mutant; 4] {
    mutants!(spin, "two threads try the lock once each, and no increment under it is lost":
        "two-steps" =>
            "between the test and the set, the other thread can make its own test",
        "relaxed-acquire" =>
            "Acquire is what makes the last holder's writes visible; an x86 has no weaker \
             read-modify-write",
        "relaxed-release" =>
            "Release keeps the writes before the store; an x86 keeps stores in order anyway",
        "weak-exchange" =>
            "a weak exchange may fail although the lock is free, which a try may report and a loop \
             repeats: no claim rests on it",
    )
}

pub(crate) fn ticket() -> [Mutant; 1] {
    mutants!(ticket, "two threads draw a number each, and the numbers differ":
        "relaxed-draw" =>
            "that the draw is atomic makes the numbers differ, not its ordering: the load that \
             finds a number served is what acquires",
    )
}

pub(crate) fn semaphore() -> [Mutant; 1] {
    mutants!(semaphore, "of two threads that try, at most one gets the only permit":
        "check-then-act" =>
            "the number of permits may have changed between the check and the act",
    )
}

pub(crate) fn peterson() -> [Mutant; 1] {
    mutants!(flags, "two threads raise a flag each, look at the other's, and at most one enters":
        "acq-rel-fence" =>
            "only SeqCst keeps a store before a later load of another variable; to meet in that \
             moment, two real threads need many rounds",
    )
}

pub(crate) fn condvar() -> impl Iterator<Item = Mutant> {
    let queue = mutants!(queue, "two consumers wait, one item comes, both are notified: no item is \
                                 taken that is not there":
        "if-once" =>
            "of two that are woken one takes the item, and the other has to look again",
    );
    let gate = mutants!(gate, "one thread waits at a gate until it is open, and passes only then":
        "if-alone" =>
            "with one waiter and one notification, only a spurious wake-up shows it: std's \
             documentation allows one, and neither model checker makes one",
    );
    queue.into_iter().chain(gate)
}
