//! What two threads, or four, can see of each other's writes: the rows.

use stage::{Lesson, Variant};
use thread_safety::litmus_harness::stress;
use thread_safety::orderings::{Relaxed, ReleaseAcquire, SeqCst};
use thread_safety::real::litmus::Test;
use thread_safety::{executions, loom, model, real};

use super::litmus_row::{Checker, Row, readers_agree, readers_may_disagree};

pub(crate) fn lesson() -> Lesson {
    Lesson::new("litmus", "what threads can see of each other's writes")
        .story(
            "Each row is a test (sb store buffering, mp message passing, lb load buffering, corr \
             coherence, iriw independent reads), an ordering, and an outcome that no interleaving \
             has: a digit for each load, 0 old, 1 new (in 2+2w for each word: 0 the first write \
             is left). In step: trials in which one thread came between the other's accesses. \
             Loom 3/24: seen in 3 of its 24 executions.",
        )
        .source("thread-safety/src/litmus.rs")
        .variants(variants)
}

/// Makes a variant of a test, a pair of orderings and a checker.
macro_rules! row {
    ($name:literal, $test:ident, $orderings:ident, $checker:ident, $story:literal) => {{
        use real::litmus::$test;
        let row = Row {
            asked: $test::ASKED,
            in_step: $test::IN_STEP,
            allowed: $test::allowed::<$orderings>(),
            seen_everywhere: $test::SEEN_EVERYWHERE,
            here: stress::<$test, $orderings>,
            checked_by: row!(@ $checker, $test, $orderings),
        };
        row.variant($name).story($story)
    }};
    (@ Loom, $test:ident, $orderings:ident) => {
        Checker::Loom(|| executions(loom::litmus::once::<loom::litmus::$test, $orderings>))
    };
    (@ Shuttle, $test:ident, $orderings:ident) => {
        Checker::Shuttle(model::litmus::once::<model::litmus::$test, $orderings>)
    };
    (@ None, $test:ident, $orderings:ident) => { Checker::None };
}

#[rustfmt::skip]
fn variants() -> [Variant; 22] {
    [
        row!("sb-relaxed", StoreBuffering, Relaxed, Loom,
            "Each thread stores, then loads the other's word: store buffers let both read 0."),
        row!("sb-acq-rel", StoreBuffering, ReleaseAcquire, Loom,
            "Release and Acquire keep no store before a later load: both may read old values."),
        row!("sb-seq-cst", StoreBuffering, SeqCst, Shuttle,
            "One total order of all accesses: one of the loads comes after both stores."),
        row!("sb-fence", Fenced, Relaxed, Loom,
            "A SeqCst fence between store and load: the later fence sees the earlier one's store."),
        row!("sb-exchange", Exchanged, ReleaseAcquire, Loom,
            "An exchange for the store is no fence in the model; x86's empties the store buffer."),
        row!("sb-rmw", ReadByWriting, ReleaseAcquire, Loom,
            "Each load is a read-modify-write too: the later acquires what the earlier released."),
        row!("mp-relaxed", MessagePassing, Relaxed, Loom,
            "Data is stored, then a flag: without an order, the flag may be seen first."),
        row!("mp-acq-rel", MessagePassing, ReleaseAcquire, Loom,
            "The Acquire load of the Release store of the flag sees the data stored before it."),
        row!("mp-seq-cst", MessagePassing, SeqCst, Shuttle,
            "SeqCst contains Release and Acquire: the flag is never seen without the data."),
        row!("lb-relaxed", LoadBuffering, Relaxed, None,
            "Each thread loads, then stores: a weak processor may let both stores come first."),
        row!("lb-acq-rel", LoadBuffering, ReleaseAcquire, None,
            "If both loads read the other's Release store, each happened before itself."),
        row!("lb-seq-cst", LoadBuffering, SeqCst, Shuttle,
            "In one total order of all accesses, no load reads a store that comes after it."),
        row!("corr-relaxed", Coherence, Relaxed, Loom,
            "Two loads of one word: even Relaxed keeps one order of its writes; none goes back."),
        row!("corr-acq-rel", Coherence, ReleaseAcquire, Loom,
            "Release and Acquire add nothing for one word: its writes have one order anyway."),
        row!("corr-seq-cst", Coherence, SeqCst, Shuttle,
            "SeqCst adds nothing for a single word: its writes have one order anyway."),
        row!("rmw-relaxed", ReadModifyWrite, Relaxed, Loom,
            "A read-modify-write reads the last write, even if Relaxed: no two get one value."),
        row!("2+2w-relaxed", TwoWrites, Relaxed, None,
            "Two threads write two words in opposite orders: each may end with a first write."),
        row!("2+2w-acq-rel", TwoWrites, ReleaseAcquire, None,
            "No load reads a store, so Release and Acquire order nothing: the same may happen."),
        row!("2+2w-seq-cst", TwoWrites, SeqCst, Shuttle,
            "The last of all four stores is a second one, and its word ends with it."),
        readers_may_disagree::<Relaxed>("iriw-relaxed",
            "Two threads write a word each; two readers may disagree about which came first."),
        readers_may_disagree::<ReleaseAcquire>("iriw-acq-rel",
            "Release and Acquire order nothing between two writers: readers may still disagree."),
        readers_agree(),
    ]
}
