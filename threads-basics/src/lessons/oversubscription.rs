//! `oversubscription`: the same work on more threads than there are cores.

use std::time::Duration;

use stage::{Checked, Lesson, Report, Variant};
use threads_basics::cores::cores;
use threads_basics::one_core::{Looks, two_jobs};
use threads_basics::oversubscription::{Point, Work, curve, median};

use super::on_cores;

/// Some 15 ms of arithmetic for one thread, in a build without optimisation.
const STEPS: u64 = 1 << 21;

/// The runs for each number of threads; the median counts.
const TIMES: usize = 5;

/// The phases of the work in step.
const PHASES: u64 = 20;

/// The waits, divided among the threads, and how long each takes.
const WAITS: u64 = 64;
const WAIT: Duration = Duration::from_millis(1);

/// The longest bar.
const BAR: f64 = 20.0;

/// What `oversubscription` can be asked for.
#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// The largest number of threads, 1 to 512
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=512))]
    threads: u16,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("oversubscription", "the same work on more and more threads")
        .story("Threads that compute need a core each, or take turns; those that wait, none.")
        .source("threads-basics/src/{oversubscription,one_core}.rs")
        .variants_with(variants)
}

fn variants(&options: &Options) -> [Variant; 4] {
    let limit = u64::from(options.threads);
    [
        Variant::holds("cpu-bound", move || {
            let cores = std::thread::available_parallelism().map_or(1, usize::from);
            let line = format!("cores: {cores}; and how often a thread was preempted");
            Ok(drawn(Work::Cpu(STEPS), limit, &line))
        })
        .story("Divides work that shares nothing: beyond the cores, threads preempt each other."),
        Variant::holds("in-step", move || Ok(in_step(limit))).story(
            "All wait for all after each phase, so threads beyond the cores cost each time.",
        ),
        Variant::holds("io-bound", move || {
            let line = format!("{WAITS} waits of {} ms, divided among them", WAIT.as_millis());
            Ok(drawn(Work::Io(WAITS, WAIT), limit, &line))
        })
        .story("Divides waits among more and more threads: a thread that waits needs no core."),
        Variant::holds("one-core", || on_cores(|[core]| one_core(core)))
            // Each of its two parts has 20 s.
            .within(Duration::from_secs(60))
            .story("The same two jobs on one core, in turns (concurrent), and on two (parallel)."),
    ]
}

/// Runs two jobs on one core, and then on two, if there are two.
fn one_core(core: usize) -> Checked {
    let one = two_jobs([core; 2], |looks| looks.got_on >= 4);
    if one.iter().any(|looks| looks.got_on < 4 || looks.at_once > 0) {
        return Err(format!("on one core, one got on while the other ran: {one:?}"));
    }
    let report = Report::new("concurrent on one core, parallel on two").fact("1 core", seen(one));
    let Some(&other) = cores().get(1) else {
        return Ok(report.fact("2 cores", "there is one here"));
    };
    let at_once = |looks: &Looks| looks.at_once >= 500;
    let two = two_jobs([core, other], at_once);
    if !two.iter().all(at_once) {
        return Err(format!("on two cores, they have not been seen to run at once: {two:?}"));
    }
    Ok(report.fact("2 cores", seen(two)))
}

fn seen(looks: [Looks; 2]) -> String {
    let [one, two] = looks.map(|Looks { got_on, switches, .. }| format!("{got_on} ({switches})"));
    format!("steps amid the other's (switches): {one}, {two}")
}

fn drawn(work: Work, limit: u64, line: &str) -> Report {
    let times = if matches!(work, Work::Io(..)) { 1 } else { TIMES };
    let points: Vec<_> = curve(work, limit, times).collect();
    let took = || points.iter().map(|point| point.took);
    let (best, longest) = (took().min().unwrap_or_default(), took().max().unwrap_or_default());
    points.iter().fold(Report::measured(line), |report, point| {
        let Point { threads, took, preempted, .. } = point;
        let length = (took.as_secs_f64() / longest.as_secs_f64() * BAR).ceil() as usize;
        let bar = "█".repeat(length) + &" ".repeat(BAR as usize - length);
        let best = if *took == best { ", best" } else { "" };
        let preempted = match (work, preempted) {
            (Work::Cpu(_), Some(times)) => format!("; preempted {times}"),
            _ => String::new(),
        };
        let label = format!("{threads:>3} thread{}", if *threads == 1 { "" } else { "s" });
        report.fact(label, format!("{bar} {:>5.1} ms{best}{preempted}", took.as_secs_f64() * 1e3))
    })
}

/// Reports the two ends of the curve when the threads have to wait for each other.
fn in_step(limit: u64) -> Report {
    let points = [1, limit].map(|threads| median(Work::InStep(STEPS, PHASES), threads, TIMES));
    let [one, all] = points.map(|point| point.took.as_secs_f64() * 1e3);
    Report::measured(format!("{PHASES} phases; threads: 1 in {one:.1} ms, {limit} in {all:.1} ms"))
}
