//! What can be weakened of this topic's primitives: `--weaken`.

use stage::Mutant;
use thread_safety::executions;

/// Makes a mutant whose test is that function, compiled on std, for Shuttle and for Loom.
macro_rules! mutant {
    ($test:ident, $name:literal, $claim:literal, $why:literal $(,)?) => {{
        use thread_safety::{loom, model, real};
        Mutant::new(
            $name,
            "thread-safety/src/weakened.rs",
            ($claim, $why),
            (real::weakened::$test, model::weakened::$test),
            |name| {
                let all = executions(move || loom::weakened::$test(name));
                (all.with(|holds| !holds), all.all())
            },
        )
    }};
}

pub(crate) fn lost_update() -> [Mutant; 2] {
    [
        mutant!(
            counter,
            "load-then-store",
            "two threads add 1 each, and the counter is 2",
            "between the load and the store, the other thread can load the same number",
        ),
        mutant!(
            counter,
            "relaxed-count",
            "two threads add 1 each, and the counter is 2",
            "that it is one step makes the number right; an ordering is for other memory, and \
             nobody concludes anything about that from this number",
        ),
    ]
}

pub(crate) fn publication() -> [Mutant; 2] {
    [
        mutant!(
            publication,
            "relaxed-flag",
            "a thread that sees the flag sees the data",
            "Release keeps the data before the flag; an x86 keeps two stores in order anyway",
        ),
        mutant!(
            publication,
            "relaxed-look",
            "a thread that sees the flag sees the data",
            "Acquire keeps the look at the data after the look at the flag; an x86 keeps two loads \
             in order anyway",
        ),
    ]
}

pub(crate) fn torn_read() -> [Mutant; 3] {
    [
        mutant!(
            seq_lock,
            "no-writer-fence",
            "a pair that is read under an even and unchanged number is whole",
            "the fence keeps the odd number before the words: without it, a word may be seen first",
        ),
        mutant!(
            seq_lock,
            "no-reader-fence",
            "a pair that is read under an even and unchanged number is whole",
            "the fence keeps the second look after the words: without it, it may come first",
        ),
        mutant!(
            seq_lock,
            "one-look",
            "a pair that is read under an even and unchanged number is whole",
            "a writer may begin after the first look, between the two words",
        ),
    ]
}
