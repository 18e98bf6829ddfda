//! What two threads, or four, can see of each other's writes.

use std::fmt;
use std::time::Duration;

use stage::{Bound, Checked, Lesson, Report, Variant, grouped};
use thread_safety::litmus_harness::{Plan, Tally, check, stress, two_cores};
use thread_safety::orderings::{Orderings, Relaxed, ReleaseAcquire, SeqCst};
use thread_safety::real::litmus::{Reads, Test};
use thread_safety::{Executions, executions, executions_within, loom, model, real};

/// A round of a test. On two free cores it takes less than a tenth of a second.
const ROUND: Plan = Plan { trials: 1_000_000, timeout: Duration::from_millis(150), rounds: 1 };

/// Where this processor must show what is asked for: 40 million trials at most, or 8 seconds.
const UNTIL_SEEN: Plan = Plan { rounds: 40, timeout: Duration::from_millis(200), ..ROUND };

/// A choice of the quiz.
const ALLOWED_AND_SEEN: &str = "allowed, and seen on this machine within some million trials";

/// A test under a pair of orderings.
#[derive(Clone, Copy)]
struct Row {
    asked: Reads,
    in_step: Reads,
    /// Whether the memory model allows what is asked for.
    allowed: bool,
    /// Whether every processor shows it then.
    seen_everywhere: bool,
    here: fn(Plan) -> Tally,
    checked_by: Checker,
}

/// The model checker that has the last word on a row.
#[derive(Clone, Copy)]
enum Checker {
    Loom(fn() -> Executions<Reads>),
    /// Shuttle takes every access as `SeqCst`; so it speaks for the memory model there, and only
    /// there.
    Shuttle(fn() -> Reads),
    /// Neither: no load of theirs reads what is stored later.
    None,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("litmus", "what threads can see of each other's writes")
        .story(
            "Each row asks for what no order of whole steps has: what the loads read, 0 old, 1 \
             new. Trials in step: one thread came between the other's steps.",
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

/// The outcome of a schedule, shown as bits.
#[derive(PartialEq)]
struct Bits(Reads, usize);

impl fmt::Debug for Bits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(reads, width) = self;
        write!(f, "{reads:0width$b}")
    }
}

/// Adds a model of `width` loads, of whose outcomes each but one is right.
fn explored(
    variant: Variant,
    (size, width): (&'static str, usize),
    asked: Reads,
    once: fn() -> Reads,
) -> Variant {
    let all = (0..1 << width).filter(|reads| *reads != asked);
    let right: Vec<_> = all.map(|reads| Bits(reads, width)).collect();
    variant.explored_for(size, "show it", right, move || Bits(once(), width))
}

impl Row {
    /// What the model allows breaks here or in Loom, on every run; what it forbids holds in both.
    fn variant(self, name: &'static str) -> Variant {
        let asked = self.asked;
        let variant = match self.checked_by {
            Checker::Shuttle(once) => {
                let variant = Variant::holds(name, move || self.shown());
                explored(variant, ("2 threads", 2), asked, once)
            }
            Checker::Loom(_) if self.allowed => Variant::breaks(name, move || self.shown()),
            Checker::Loom(_) | Checker::None => Variant::holds(name, move || self.shown()),
        };
        let asks = format!("May it come to {asked:02b} (0 old, 1 new), and does it here?");
        variant.asked(
            asks,
            ["the memory model forbids it", ALLOWED_AND_SEEN, "allowed, and not seen here"],
            move || self.judged(),
        )
    }

    /// Finds which of the three is so: by the row's model checker, and by trials on this machine.
    fn judged(&self) -> (usize, String) {
        let asked = self.asked;
        let (allowed, by) = match self.checked_by {
            Checker::Loom(outcomes) => {
                let outcomes = outcomes();
                let seen = outcomes.with(|reads| *reads == asked);
                (seen > 0, format!("Loom has it in {seen} of {} executions", outcomes.all()))
            }
            Checker::Shuttle(once) => {
                let found = stage::explore(&Bound::default(), &stage::outcomes(Vec::new(), once));
                let seen = found.ends.contains_key(&asked.to_string());
                let some = if seen { "some have" } else { "none has" };
                (seen, format!("of {} schedules that differ, {some} it", found.differ.run))
            }
            Checker::None => (self.allowed, "by the orderings alone".to_owned()),
        };
        let plan = Plan { rounds: 10, ..UNTIL_SEEN };
        let tally = if two_cores() { (self.here)(plan) } else { Tally::default() };
        let (seen, trials) = (grouped(tally.of(asked) as i64), rounded(tally.trials()));
        let choice = if !allowed { 0 } else { 2 - usize::from(tally.of(asked) > 0) };
        (choice, format!("{by}; here {seen} of {trials}"))
    }

    fn shown(&self) -> Checked {
        let asked = self.asked;
        // Whatever a processor does with loads, its stores wait in a buffer.
        let must = self.allowed && self.seen_everywhere;
        let line = match (self.allowed, must) {
            (false, _) => format!("{asked:02b} forbidden"),
            (true, true) => format!("{asked:02b} allowed, {PROCESSOR} can"),
            (true, false) => format!("{asked:02b} allowed, {PROCESSOR} {LESS}"),
        };
        let loom = match self.checked_by {
            Checker::Loom(outcomes) => {
                let outcomes = outcomes();
                let (seen, all) = (outcomes.with(|reads| *reads == asked), outcomes.all());
                if (seen > 0) != self.allowed {
                    return Err(format!("{line}, and in {seen} of Loom's {all}"));
                }
                format!("; Loom {seen}/{all}")
            }
            Checker::Shuttle(_) | Checker::None => String::new(),
        };
        if !two_cores() {
            return Ok(Report::not_here(format!("{line}: not on one core{loom}")));
        }
        let tally = (self.here)(if must { UNTIL_SEEN } else { ROUND });
        let seen = check(self.allowed, asked, &tally)?;
        let (count, trials) = (grouped(seen as i64), rounded(tally.trials()));
        Ok(match (self.allowed, seen) {
            (true, 0) if must => {
                return Err(format!("{line}: 0 of {trials}: it should have been seen"));
            }
            (true, 0) if loom.is_empty() => Report::not_here(format!("{line}: 0 of {trials}")),
            (true, 0) => {
                Report::by_model_checker(format!("{asked:02b}: {PROCESSOR} 0/{trials}{loom}"))
            }
            // What is seen here needs no other witness.
            (true, _) if must => Report::new(format!("{line}: {count} of {trials}")),
            (true, _) => Report::new(format!("{line}: {count} of {trials}{loom}")),
            (false, _) => {
                let in_step = grouped(tally.of(self.in_step) as i64);
                Report::new(format!("{line}: 0 of {trials}, in step {in_step}{loom}"))
            }
        })
    }
}

/// How many trials of four threads there are: each starts its threads.
const FOUR_THREADS: usize = 200;

/// Returns in how many trials here the two readers disagree.
fn disagree_here<O: Orderings>() -> usize {
    use real::litmus::Iriw;
    (0..FOUR_THREADS).filter(|_| Iriw::once::<O>() == Iriw::ASKED).count()
}

/// Two readers that may disagree: Loom shows it, and some processors do.
fn readers_may_disagree<O: Orderings>(name: &'static str, story: &'static str) -> Variant {
    use loom::litmus::Iriw;
    let shown = || {
        let outcomes = executions_within(Some(1), Iriw::once::<O>);
        let (seen, all) = (outcomes.with(|reads| *reads == Iriw::ASKED), outcomes.all());
        let here = disagree_here::<O>();
        let (asked, trials) = (Iriw::ASKED, FOUR_THREADS);
        let line = format!("{asked:04b}: {PROCESSOR} {here}/{trials}; Loom {seen}/{all}");
        match (seen, here) {
            (0, _) => Err(line),
            (_, 0) => Ok(Report::by_model_checker(line)),
            _ => Ok(Report::new(line)),
        }
    };
    Variant::breaks(name, shown).story(story)
}

/// Two readers whose accesses are all in one total order: Shuttle shows it, in every schedule.
fn readers_agree() -> Variant {
    use model::litmus::Iriw;
    let shown = || {
        let here = disagree_here::<SeqCst>();
        let bound = Bound { plain: Some(0), ..Bound::default() };
        let model = stage::model(|| assert_ne!(Iriw::once::<SeqCst>(), Iriw::ASKED));
        let differ = stage::explore(&bound, &model).differ;
        let (asked, trials) = (Iriw::ASKED, FOUR_THREADS);
        let (seen, all) = (differ.failed(), differ.finished());
        let line = format!("{asked:04b}: {PROCESSOR} {here}/{trials}; Shuttle {seen}/{all}");
        if (here, seen) == (0, 0) && differ.whole() {
            Ok(Report::by_model_checker(line))
        } else {
            Err(line)
        }
    };
    let variant = Variant::holds("iriw-seq-cst", shown)
        .story("SeqCst adds one order of all its accesses, about which no readers disagree.");
    explored(variant, ("4 threads", 4), Iriw::ASKED, Iriw::once::<SeqCst>)
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
