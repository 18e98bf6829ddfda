//! A row of the lesson `litmus`: what the memory model says of it, what its model checker finds, and
//! what this machine shows.

use std::fmt;
use std::time::Duration;

use stage::{Bound, Checked, Report, Variant, grouped};
use thread_safety::litmus_harness::{Plan, Tally, check, two_cores};
use thread_safety::orderings::{Orderings, SeqCst};
use thread_safety::real::litmus::Reads;
use thread_safety::{Executions, executions_within, loom, model, real};

/// A round of a test. On two free cores it takes less than a tenth of a second.
const ROUND: Plan = Plan { trials: 1_000_000, timeout: Duration::from_millis(150), rounds: 1 };

/// Where this processor must show what is asked for: 40 million trials at most, or 8 seconds.
const UNTIL_SEEN: Plan = Plan { rounds: 40, timeout: Duration::from_millis(200), ..ROUND };

/// A choice of the quiz.
const ALLOWED_AND_SEEN: &str = "allowed, and seen on this machine within some million trials";

/// A test under a pair of orderings.
#[derive(Clone, Copy)]
pub(super) struct Row {
    pub(super) asked: Reads,
    pub(super) in_step: Reads,
    /// Whether the memory model allows what is asked for.
    pub(super) allowed: bool,
    /// Whether every processor shows it then.
    pub(super) seen_everywhere: bool,
    pub(super) here: fn(Plan) -> Tally,
    pub(super) checked_by: Checker,
}

/// The model checker that has the last word on a row.
#[derive(Clone, Copy)]
pub(super) enum Checker {
    Loom(fn() -> Executions<Reads>),
    /// Shuttle takes every access as `SeqCst`; so it speaks for the memory model there, and only
    /// there.
    Shuttle(fn() -> Reads),
    /// Neither: no load of theirs reads what is stored later.
    None,
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
    (size, reads, width): (&'static str, &'static str, usize),
    asked: Reads,
    once: fn() -> Reads,
) -> Variant {
    let all = (0..1 << width).filter(|reads| *reads != asked);
    let right: Vec<_> = all.map(|reads| Bits(reads, width)).collect();
    variant.explored_for(size, reads, "show it", right, move || Bits(once(), width))
}

impl Row {
    /// What the model allows breaks here or in Loom, on every run; what it forbids holds in both.
    pub(super) fn variant(self, name: &'static str) -> Variant {
        let asked = self.asked;
        let variant = match self.checked_by {
            Checker::Shuttle(once) => {
                let variant = Variant::holds(name, move || self.shown());
                explored(variant, ("2 threads", "r1 r2, 1 new", 2), asked, once)
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
        let (seen, trials) = (grouped(tally.of(asked)), rounded(tally.trials()));
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
        let (count, trials) = (grouped(seen), rounded(tally.trials()));
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
                let in_step = grouped(tally.of(self.in_step));
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
pub(super) fn readers_may_disagree<O: Orderings>(
    name: &'static str,
    story: &'static str,
) -> Variant {
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
pub(super) fn readers_agree() -> Variant {
    use model::litmus::Iriw;
    let shown = || {
        let here = disagree_here::<SeqCst>();
        let bound = Bound { plain: Some(0), ..Bound::default() };
        let model = stage::model(|| assert_ne!(Iriw::once::<SeqCst>(), Iriw::ASKED));
        let differ = stage::explore(&bound, &model).differ;
        let (asked, trials) = (Iriw::ASKED, FOUR_THREADS);
        let (seen, all) = (differ.failed(), differ.finished());
        let line = format!("no {asked:04b}: {here} of {trials}; Shuttle {seen}/{all}");
        if (here, seen) == (0, 0) && differ.whole() {
            Ok(Report::by_model_checker(line))
        } else {
            Err(line)
        }
    };
    let variant = Variant::holds("iriw-seq-cst", shown)
        .story("SeqCst adds one order of all its accesses, about which no readers disagree.");
    explored(variant, ("4 threads", "r1 to r4, 1 new", 4), Iriw::ASKED, Iriw::once::<SeqCst>)
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
