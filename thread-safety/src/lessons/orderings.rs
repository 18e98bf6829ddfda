//! The lessons on what one thread sees of another's writes, and in which order.

use std::time::Duration;

use stage::{Form, Lesson, Report, Shown, grouped};
use thread_safety::machine::{Plan, Tally, hammer, judge, two_cores};
use thread_safety::orders::{Relaxed, ReleaseAcquire, SeqCst};
use thread_safety::real::litmus::{Reads, Test};
use thread_safety::{Outcomes, executions, model, real, weak};

/// So many slots are published for real.
const HANDOVERS: u32 = 20_000;

pub(crate) fn publication() -> Lesson {
    macro_rules! published {
        ($file:ident) => {
            handed_over(
                || {
                    executions(|| {
                        weak::publication::once(
                            weak::publication::$file::publish,
                            weak::publication::$file::look,
                        )
                    })
                },
                || {
                    real::publication::many(
                        HANDOVERS,
                        real::publication::$file::publish,
                        real::publication::$file::look,
                    )
                },
            )
        };
    }
    /// The flag without the data: in Loom's executions, and here.
    fn handed_over(loom: impl Fn() -> Outcomes<Option<u32>>, here: impl Fn() -> u32) -> (usize, u32, String) {
        let (outcomes, here) = (loom(), here());
        let early = outcomes.with(|seen| *seen == Some(0));
        let told = format!(
            "too early: Loom {early} of {}, here {here} of {}",
            outcomes.all(),
            grouped(HANDOVERS.into())
        );
        (early, here, told)
    }
    fn breaks((early, _, told): (usize, u32, String)) -> Shown {
        if early > 0 { Ok(Report::new(told)) } else { Err(told) }
    }
    fn holds((early, here, told): (usize, u32, String)) -> Shown {
        if early == 0 && here == 0 { Ok(Report::new(told)) } else { Err(told) }
    }
    Lesson::new(
        "thread-safety/src/publication/",
        [
            Form::breaks("relaxed", || breaks(published!(relaxed))),
            Form::breaks("release-alone", || breaks(published!(release_alone))),
            Form::holds("release-acquire", || holds(published!(release_acquire))),
            Form::holds("fences", || holds(published!(fences))),
            Form::holds("seq-cst", || holds(published!(seq_cst))),
            Form::holds("once-lock", || {
                use real::publication::{many, once_lock};
                match many(HANDOVERS, once_lock::publish, once_lock::look) {
                    0 => Ok(Report::new(format!("too early: here 0 of {}", grouped(HANDOVERS.into())))),
                    early => Err(format!("nothing was there {early} times")),
                }
            }),
        ],
    )
}

/// A round of a test. On two free cores it takes less than a tenth of a second.
const ROUND: Plan = Plan { trials: 1_000_000, patience: Duration::from_millis(150), rounds: 1 };

/// Where this processor must show what is asked for: 40 million trials at the most, or 8 seconds.
const UNTIL_SEEN: Plan = Plan { rounds: 40, patience: Duration::from_millis(200), ..ROUND };

/// A test under some orderings.
struct Row {
    name: &'static str,
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
    /// Shuttle takes every access as `SeqCst`; so there, and only there, it speaks for the memory model.
    Shuttle(fn() -> Reads),
    /// Loads that read what is stored later are in neither.
    Nobody,
}

macro_rules! row {
    ($name:literal, $file:ident::$test:ident, $orders:ident, $($checked_by:tt)*) => {{
        use real::litmus::$file::$test;
        Row {
            name: $name,
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
    let rows = [
        row!("sb-relaxed", store_buffering::StoreBuffering, Relaxed, loom),
        row!("sb-acq-rel", store_buffering::StoreBuffering, ReleaseAcquire, loom),
        row!("sb-seq-cst", store_buffering::StoreBuffering, SeqCst, shuttle),
        row!("mp-relaxed", message_passing::MessagePassing, Relaxed, loom),
        row!("mp-acq-rel", message_passing::MessagePassing, ReleaseAcquire, loom),
        row!("mp-seq-cst", message_passing::MessagePassing, SeqCst, shuttle),
        row!("lb-relaxed", load_buffering::LoadBuffering, Relaxed, nobody),
        row!("lb-acq-rel", load_buffering::LoadBuffering, ReleaseAcquire, nobody),
        row!("lb-seq-cst", load_buffering::LoadBuffering, SeqCst, shuttle),
        row!("corr-relaxed", coherence::Coherence, Relaxed, loom),
        row!("corr-acq-rel", coherence::Coherence, ReleaseAcquire, loom),
        row!("corr-seq-cst", coherence::Coherence, SeqCst, shuttle),
    ];
    Lesson::new("thread-safety/src/litmus/", rows.into_iter().map(form))
}

/// What the model allows breaks here or in Loom, on every run; what it forbids holds in both.
fn form(row: Row) -> Form {
    let (name, asked) = (row.name, row.asked);
    match row.checked_by {
        Checker::Shuttle(once) => {
            Form::holds(name, move || shown(&row)).explored("2 threads", "show it", move || {
                let reads = once();
                assert!(reads != asked, "r1 and r2 are {reads:02b}, which is forbidden");
            })
        }
        Checker::Loom(_) if row.allowed => Form::breaks(name, move || shown(&row)),
        Checker::Loom(_) | Checker::Nobody => Form::holds(name, move || shown(&row)),
    }
}

fn shown(row: &Row) -> Shown {
    // Whatever a processor does with loads, its stores wait in a buffer.
    let must = row.allowed && row.asked == real::litmus::store_buffering::StoreBuffering::ASKED;
    let model = match (row.allowed, must) {
        (false, _) => "forbidden".into(),
        (true, true) => format!("allowed, {PROCESSOR} can"),
        (true, false) => format!("allowed, {PROCESSOR} {LESS}"),
    };
    let said = format!("{:02b} {model}", row.asked);
    let loom = match row.checked_by {
        Checker::Loom(outcomes) => {
            let outcomes = outcomes();
            let (seen, all) = (outcomes.with(|reads| *reads == row.asked), outcomes.all());
            if (seen > 0) != row.allowed {
                return Err(format!("{said}, and in {seen} of Loom's {all}"));
            }
            format!("; Loom {seen}/{all}")
        }
        Checker::Shuttle(_) | Checker::Nobody => String::new(),
    };
    if !two_cores() {
        return Ok(Report::not_here(format!("{said}: not on one core{loom}")));
    }
    let tally = (row.here)(if must { UNTIL_SEEN } else { ROUND });
    let seen = judge(row.allowed, row.asked, &tally)?;
    let count = format!("{said}: {} of {}", grouped(seen as i64), rounded(tally.trials()));
    if must && seen == 0 {
        return Err(format!("{count}: it should have been seen"));
    }
    if row.allowed && seen == 0 && matches!(row.checked_by, Checker::Nobody) {
        return Ok(Report::not_here(count));
    }
    let more = match row.checked_by {
        // What is seen here needs no other witness.
        _ if must => String::new(),
        _ if row.allowed => loom,
        _ => format!(", in step {}{loom}", grouped(tally.of(row.in_step) as i64)),
    };
    Ok(Report::new(format!("{count}{more}")))
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
