//! A flag that is seen before the data that it stands for.

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_safety::real::publication::{once_lock, stress};
use thread_safety::{Executions, executions, loom, model, real};

/// How many slots are published on the real threads.
const SLOTS: u32 = 20_000;

pub(crate) fn lesson() -> Lesson {
    Lesson::new("publication", "a flag says that the data is there, and it is not")
        .story(
            "t1 writes the data, then sets a flag; t2 sees the flag, and reads the data: too \
             early, if it is not there yet. Counted are the early reads in Loom's executions of \
             one handover, and in 20 000 handovers here. An x86 processor keeps two stores in \
             order, and two loads, whether asked to or not: what an ARM may do is shown by \
             Loom.",
        )
        .source("thread-safety/src/publication.rs")
        .mutants(super::weakened::publication())
        .variants(variants)
}

/// Runs a variant in every execution of Loom and on real threads, and checks whether it breaks.
macro_rules! run {
    ($variant:ident, breaks: $breaks:literal, $how:literal) => {
        || {
            let every = executions(|| {
                use loom::publication::{
                    once,
                    $variant::{publish, try_consume},
                };
                once(publish, try_consume)
            });
            use real::publication::$variant as here;
            checked($how, $breaks, &every, stress(SLOTS, here::publish, here::try_consume))
        }
    };
}

fn checked(how: &str, breaks: bool, every: &Executions<Option<u32>>, here: u32) -> Checked {
    let (early, all) = (every.with(|seen| *seen == Some(0)), every.all());
    let slots = grouped(SLOTS);
    let line = format!("{how}; early: Loom {early} of {all}, here {here} of {slots}");
    match (breaks, early, here) {
        (false, 0, 0) | (true, 1.., 1..) => Ok(Report::new(line)),
        (true, 1.., 0) => Ok(Report::by_model_checker(line)),
        _ => Err(line),
    }
}

fn variants() -> [Variant; 6] {
    [
        Variant::breaks("relaxed", run!(relaxed, breaks: true, "Relaxed on both"))
            .story("Nothing orders the data before the flag: the flag may become visible first."),
        Variant::breaks("release-alone", run!(release_alone, breaks: true, "Release alone"))
            .story("A Release store, a Relaxed load: half of the pair orders nothing."),
        Variant::holds("release-acquire", run!(release_acquire, breaks: false, "Release, Acquire"))
            .story("An Acquire load sees what happened before the Release store that it reads."),
        Variant::holds("fences", run!(fences, breaks: false, "two fences")).story(
            "A Release fence before the store, an Acquire fence after the load do the same.",
        ),
        Variant::holds("seq-cst", run!(seq_cst, breaks: false, "SeqCst on both"))
            .story("SeqCst contains the pair; one flag does not need its total order.")
            .explored_for("2 threads", "t2's reading", "read it early", [None, Some(1)], || {
                use model::publication::{once, seq_cst};
                once(seq_cst::publish, seq_cst::try_consume)
            }),
        Variant::holds("once-lock", || {
            let early = stress(SLOTS, once_lock::publish, once_lock::try_consume);
            let slots = grouped(SLOTS);
            stage::expect(early, 0, format!("OnceLock; early: here 0 of {slots}"))
        })
        .story("`OnceLock` shows its value once it is initialised, with the orderings inside."),
    ]
}
