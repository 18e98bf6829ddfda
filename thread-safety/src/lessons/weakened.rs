//! What can be weakened of this topic's primitives: `--weaken`.

use stage::Mutant;
use thread_safety::executions;

/// Makes mutants whose test is that function, compiled on std, for Shuttle and for Loom.
macro_rules! mutants {
    ($test:ident, $claim:literal: $($name:literal => $why:literal,)*) => {{
        use thread_safety::{loom, model, real};
        [$(Mutant::new(
            $name,
            "thread-safety/src/weakened.rs",
            ($claim, $why),
            (real::weakened::$test, model::weakened::$test),
            |name| {
                let all = executions(move || loom::weakened::$test(name));
                (all.with(|holds| !holds), all.all())
            },
        )),*]
    }};
}

pub(crate) fn lost_update() -> [Mutant; 2] {
    mutants!(counter, "two threads add 1 each, and the counter is 2":
        "load-then-store" =>
            "between the load and the store, the other thread can load the same number",
        "relaxed-count" =>
            "that it is one step makes the number right; an ordering is for other memory, and \
             nobody concludes anything about that from this number",
    )
}

pub(crate) fn publication() -> [Mutant; 2] {
    mutants!(publication, "a thread that sees the flag sees the data":
        "relaxed-flag" =>
            "Release keeps the data before the flag; an x86 keeps two stores in order anyway",
        "relaxed-look" =>
            "Acquire keeps the look at the data after the look at the flag; an x86 keeps two loads \
             in order anyway",
    )
}

pub(crate) fn torn_read() -> [Mutant; 3] {
    mutants!(seq_lock, "a pair that is read under an even and unchanged number is whole":
        "no-writer-fence" =>
            "the fence keeps the odd number before the words: without it, a word may be seen first",
        "no-reader-fence" =>
            "the fence keeps the second look after the words: without it, it may come first",
        "one-look" =>
            "a writer may begin after the first look, between the two words",
    )
}
