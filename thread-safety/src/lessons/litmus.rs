//! What two threads, or four, can see of each other's writes.

use std::time::Duration;

use stage::{Checked, Lesson, Report, Variant, grouped};
use thread_safety::machine::{Plan, Tally, hammer, judge, two_cores};
use thread_safety::orders::{Orders, Relaxed, ReleaseAcquire, SeqCst};
use thread_safety::real::litmus::{Reads, Test};
use thread_safety::{Outcomes, executions, executions_of_one_preemption, model, real, weak};

/// A round of a test. On two free cores it takes less than a tenth of a second.
const ROUND: Plan = Plan { trials: 1_000_000, patience: Duration::from_millis(150), rounds: 1 };

/// Where this processor must show what is asked for: 40 million trials at the most, or 8 seconds.
const UNTIL_SEEN: Plan = Plan { rounds: 40, patience: Duration::from_millis(200), ..ROUND };

/// A test under some orderings.
struct Row {
    name: &'static str,
    story: &'static str,
    asked: Reads,
    in_step: Reads,
    /// Whether the model allows what is asked for.
    allowed: bool,
    here: fn(Plan) -> Tally,
    /// Which model checker has the last word on it.
    checked_by: Checker,
}

enum Checker {
    Loom(fn() -> Outcomes<Reads>),
    /// Shuttle takes every access as `SeqCst`; so there, and only there, it speaks for the memory
    /// model.
    Shuttle(fn() -> Reads),
    /// Loads that read what is stored later are in neither.
    Nobody,
}

macro_rules! row {
    ($name:literal, $story:literal, $file:ident::$test:ident, $orders:ident, $($checked_by:tt)*) => {{
        use real::litmus::$file::$test;
        Row {
            name: $name,
            story: $story,
            asked: $test::ASKED,
            in_step: $test::IN_STEP,
            allowed: $test::allowed::<$orders>(),
            here: hammer::<$test, $orders>,
            checked_by: row!(@ $($checked_by)* $file::$test, $orders),
        }
    }};
    (@ loom $file:ident::$test:ident, $orders:ident) => {
        Checker::Loom(|| executions(weak::litmus::once::<weak::litmus::$file::$test, $orders>))
    };
    (@ shuttle $file:ident::$test:ident, $orders:ident) => {
        Checker::Shuttle(model::litmus::once::<model::litmus::$file::$test, $orders>)
    };
    (@ nobody $file:ident::$test:ident, $orders:ident) => { Checker::Nobody };
}

pub(crate) fn litmus() -> Lesson {
    Lesson::new("litmus", "what threads can see of each other's writes")
        .story(
            "Each row asks for what no order of whole steps has: what the loads read, 0 old, 1 \
             new. Trials in step: one thread came between the other's steps.",
        )
        .source("thread-safety/src/litmus/")
        .variants(litmus_variants)
}

fn litmus_variants() -> Vec<Variant> {
    let rows = [
        row!(
            "sb-relaxed",
            "Each thread stores, then loads the other's word: a store buffer lets both \
             loads read the old value.",
            store_buffering::StoreBuffering,
            Relaxed,
            loom
        ),
        row!(
            "sb-acq-rel",
            "Release and Acquire do not keep a store before a later load of another \
             word: both may read old values.",
            store_buffering::StoreBuffering,
            ReleaseAcquire,
            loom
        ),
        row!(
            "sb-seq-cst",
            "All SeqCst accesses have one total order, in which one of the two loads \
             comes after both stores.",
            store_buffering::StoreBuffering,
            SeqCst,
            shuttle
        ),
        row!(
            "mp-relaxed",
            "One thread stores data, then a flag: without an order, the other may see \
             the flag before the data.",
            message_passing::MessagePassing,
            Relaxed,
            loom
        ),
        row!(
            "mp-acq-rel",
            "The Acquire load that reads the Release store of the flag sees the data \
             that was stored before it.",
            message_passing::MessagePassing,
            ReleaseAcquire,
            loom
        ),
        row!(
            "mp-seq-cst",
            "SeqCst contains Release and Acquire, so the flag is never seen without the data.",
            message_passing::MessagePassing,
            SeqCst,
            shuttle
        ),
        row!(
            "lb-relaxed",
            "Each thread loads, then stores what the other loads: a weak processor may \
             let both stores come first.",
            load_buffering::LoadBuffering,
            Relaxed,
            nobody
        ),
        row!(
            "lb-acq-rel",
            "If both loads read the other thread's Release store, each of them would \
             have happened before itself.",
            load_buffering::LoadBuffering,
            ReleaseAcquire,
            nobody
        ),
        row!(
            "lb-seq-cst",
            "In one total order of all accesses, no load reads a store that comes after it.",
            load_buffering::LoadBuffering,
            SeqCst,
            shuttle
        ),
        row!(
            "corr-relaxed",
            "Two loads of one word: even Relaxed keeps one order of the writes to a \
             word, and no thread goes back.",
            coherence::Coherence,
            Relaxed,
            loom
        ),
        row!(
            "corr-acq-rel",
            "Release and Acquire add nothing for a single word: no thread goes back in \
             its order of writes anyway.",
            coherence::Coherence,
            ReleaseAcquire,
            loom
        ),
        row!(
            "corr-seq-cst",
            "SeqCst adds nothing for a single word: no thread goes back in its order \
             of writes anyway.",
            coherence::Coherence,
            SeqCst,
            shuttle
        ),
    ];
    let disagree = [
        disagreement::<Relaxed>(
            "iriw-relaxed",
            "Two threads write a word each; two readers may disagree about which was \
             written first.",
        ),
        disagreement::<ReleaseAcquire>(
            "iriw-acq-rel",
            "Release and Acquire order nothing between two writers, so their readers \
             may still disagree.",
        ),
        independent_reads_in_one_order(),
    ];
    rows.into_iter().map(form).chain(disagree).collect()
}

/// The trials of independent reads: each is four threads that are started for it.
const FOUR_THREADS: usize = 200;

/// The trials here in which the two readers disagree.
fn disagree_here<O: Orders>() -> usize {
    use real::litmus::independent_reads::{ASKED, once};
    (0..FOUR_THREADS).filter(|_| once::<O>() == ASKED).count()
}

/// Two readers that may disagree: Loom shows it, and some processors do.
fn disagreement<O: Orders>(name: &'static str, story: &'static str) -> Variant {
    let shown = || {
        use weak::litmus::independent_reads::{ASKED, once};
        let outcomes = executions_of_one_preemption(once::<O>);
        let (seen, all) = (outcomes.with(|reads| *reads == ASKED), outcomes.all());
        let here = disagree_here::<O>();
        let said = format!("{ASKED:04b}: {PROCESSOR} {here}/{FOUR_THREADS}, Loom {seen}/{all}");
        match (seen, here) {
            (0, _) => Err(said),
            (_, 0) => Ok(Report::by_model_checker(said)),
            _ => Ok(Report::new(said)),
        }
    };
    Variant::breaks(name, shown).story(story)
}

/// Two readers of accesses that are all in one order.
fn independent_reads_in_one_order() -> Variant {
    use model::litmus::independent_reads::{ASKED, once};
    let shown = || {
        let here = disagree_here::<SeqCst>();
        let said = format!("{ASKED:04b} forbidden: {here} of {FOUR_THREADS}");
        if here == 0 { Ok(Report::new(said)) } else { Err(said) }
    };
    Variant::holds("iriw-seq-cst", shown)
        .story(
            "This is what SeqCst adds: one order of all its accesses, about which no \
             two readers disagree.",
        )
        .explored("4 threads", "show it", || {
            let reads = once::<SeqCst>();
            assert!(reads != ASKED, "r1 to r4 are {reads:04b}, which is forbidden");
        })
}

/// What the model allows breaks here or in Loom, on every run; what it forbids holds in both.
fn form(row: Row) -> Variant {
    let (name, story, asked) = (row.name, row.story, row.asked);
    let form = match row.checked_by {
        Checker::Shuttle(once) => {
            Variant::holds(name, move || shown(&row)).explored("2 threads", "show it", move || {
                let reads = once();
                assert!(reads != asked, "r1 and r2 are {reads:02b}, which is forbidden");
            })
        }
        Checker::Loom(_) if row.allowed => Variant::breaks(name, move || shown(&row)),
        Checker::Loom(_) | Checker::Nobody => Variant::holds(name, move || shown(&row)),
    };
    form.story(story)
}

fn shown(row: &Row) -> Checked {
    // Whatever a processor does with loads, its stores wait in a buffer.
    let must = row.allowed && row.asked == real::litmus::store_buffering::StoreBuffering::ASKED;
    let model = match (row.allowed, must) {
        (false, _) => "forbidden".into(),
        (true, true) => format!("allowed, {PROCESSOR} can"),
        (true, false) => format!("allowed, {PROCESSOR} {LESS}"),
    };
    let asked = row.asked;
    let said = format!("{asked:02b} {model}");
    let loom = match row.checked_by {
        Checker::Loom(outcomes) => {
            let outcomes = outcomes();
            let (seen, all) = (outcomes.with(|reads| *reads == row.asked), outcomes.all());
            if (seen > 0) != row.allowed {
                return Err(format!("{said}, and in {seen} of Loom's {all}"));
            }
            format!("Loom {seen}/{all}")
        }
        Checker::Shuttle(_) | Checker::Nobody => String::new(),
    };
    if !two_cores() {
        return Ok(Report::not_here(format!("{said}: not on one core{}", after(&loom))));
    }
    let tally = (row.here)(if must { UNTIL_SEEN } else { ROUND });
    let seen = judge(row.allowed, row.asked, &tally)?;
    let count = format!("{said}: {} of {}", grouped(seen as i64), rounded(tally.trials()));
    if must && seen == 0 {
        return Err(format!("{count}: it should have been seen"));
    }
    if row.allowed && seen == 0 {
        return Ok(match row.checked_by {
            Checker::Loom(_) => {
                let trials = rounded(tally.trials());
                Report::by_model_checker(format!("{asked:02b}: {PROCESSOR} 0/{trials}, {loom}"))
            }
            Checker::Shuttle(_) | Checker::Nobody => Report::not_here(count),
        });
    }
    let more = match row.checked_by {
        // What is seen here needs no other witness.
        _ if must => String::new(),
        _ if row.allowed => after(&loom),
        _ => format!(", in step {}{}", grouped(tally.of(row.in_step) as i64), after(&loom)),
    };
    Ok(Report::new(format!("{count}{more}")))
}

/// What Loom has found, if it was asked, behind what was said before.
fn after(loom: &str) -> String {
    if loom.is_empty() { String::new() } else { format!("; {loom}") }
}

/// Whether it is one of the family that keeps stores in order, and loads.
const X86: bool = cfg!(any(target_arch = "x86", target_arch = "x86_64"));

/// What this processor is called.
const PROCESSOR: &str = if X86 { "x86" } else { std::env::consts::ARCH };

/// Whether it shows what is allowed, other than store buffering.
const LESS: &str = if X86 { "never" } else { "may" };

/// Writes a number of trials, in thousands if there are many.
fn rounded(trials: u64) -> String {
    if trials < 10_000 { trials.to_string() } else { format!("{}k", trials / 1_000) }
}
