//! The lessons on locks in use: what they promise, and what their users make of it.

use std::time::Duration;

use locks::fairness::{KINDS, Kind, Tally};
use locks::priority_inversion::{Doing, Protocol, simulate, story};
use locks::{convoy, mutex, nested};
use stage::{Form, Lesson, expect};

/// What `nested` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Nested {
    /// How many times the reentrant lock is taken, one within the other, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 3, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) depth: u32,
}

/// What `fairness` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Fairness {
    /// For how long the threads contend for each kind of lock, in ms, 1 to 10000
    #[arg(long, value_name = "MS", default_value_t = 50, allow_negative_numbers = true, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) time: u64,
}

/// What `priority-inversion` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PriorityInversion {
    /// For how many ticks medium works, 1 to 200
    #[arg(long, value_name = "TICKS", default_value_t = 12, allow_negative_numbers = true, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) medium: u32,
}

const PACE: Duration = Duration::from_millis(8);

pub(crate) fn mutex() -> Lesson {
    use mutex::guard_scope::{in_the_else, in_the_match, named_first};
    use mutex::poison::{Found, not_told, recovered, unwrapped, written_at_the_end};
    use mutex::timed::{out_of_std, parking_lots, tried};
    let found = |told, total| Found { told, total };
    Lesson::new(
        "locks/src/mutex/",
        [
            Form::breaks("in-the-match", || {
                expect(in_the_match(PACE), false, "a guard without a name lives to the end of the match")
            }),
            Form::holds("named-first", || {
                expect(named_first(PACE), true, "the statement ends, and the guard with it")
            }),
            Form::holds("in-the-else", || {
                expect(in_the_else(PACE), true, "if-let's guard is gone in its else, since edition 2024")
            }),
            Form::holds("tried", || expect(tried(), false, "try_lock says no at once")),
            Form::holds("timed", || {
                expect(parking_lots(PACE), false, "parking_lot's try_lock_for gives up; std has none")
            }),
            Form::holds("timed-std", || {
                expect(out_of_std(PACE), false, "one made of std's parts does so, too")
            }),
            Form::breaks("unwrapped", || {
                expect(unwrapped(), 2, "t1 panics under the lock, t2 at its lock().unwrap()")
            }),
            Form::breaks("not-told", move || {
                expect(not_told(), found(false, 60), "parking_lot has no poison: 40 of 100 gone, unsaid")
            }),
            Form::holds("recovered", move || {
                expect(recovered(), found(true, 100), "told, mended by into_inner, clear_poison: sound")
            }),
            Form::holds("written-at-end", move || {
                expect(written_at_the_end(), found(true, 100), "poisoned, and whole: a copy was at work")
            }),
        ],
    )
}

pub(crate) fn nested(options: &Nested) -> Lesson {
    let depth = options.depth;
    Lesson::new(
        "locks/src/nested.rs",
        [
            Form::deadlocks("twice", nested::twice),
            Form::holds("tried", || expect(nested::tried(), false, "try_lock says no at once")),
            Form::holds("split", || {
                expect(nested::split(), 100, "one function locks, the other is handed the value")
            }),
            Form::holds("reentrant", move || {
                let (value, free) = nested::reentrant(depth);
                let last_only: Vec<_> = (1..=depth).map(|given_back| given_back == depth).collect();
                expect(
                    (value, free),
                    (depth, last_only),
                    format!("taken {depth} times, given back {depth} times"),
                )
            }),
            Form::breaks("half-done", || {
                expect(
                    nested::half_done(),
                    true,
                    "let in again in the midst of its own work: RefCell refuses",
                )
            }),
        ],
    )
}

pub(crate) fn fairness(options: &Fairness) -> Lesson {
    let time = Duration::from_millis(options.time);
    let forms = KINDS.iter().map(move |kind: &Kind| {
        Form::holds(kind.name, move || {
            let tally = (kind.contend)(time);
            let report = expect(tally.total, tally.turns.iter().sum(), histogram(&tally))?;
            Ok(kind.promises.into_iter().fold(report, |report, promise| report.fact("promises", promise)))
        })
        .within(Duration::from_secs(30) + time)
    });
    Lesson::new("locks/src/fairness.rs", forms)
}

/// Draws a bar that is shared out as the turns are.
fn histogram(tally: &Tally) -> String {
    const WIDTH: f64 = 20.0;
    let shares = tally.shares();
    let mut bar = String::new();
    let mut sum = 0.0;
    for (sign, share) in std::iter::zip("█▒▄·".chars(), shares) {
        sum += share;
        // Up to the sum, not so much more: the roundings do not add up.
        let end = (WIDTH * sum / 100.0).round() as usize;
        bar.extend(std::iter::repeat_n(sign, end - bar.chars().count()));
    }
    let shares: Vec<_> = shares.iter().map(|share| format!("{share:3.0}")).collect();
    format!("{bar} {} %  J {:.2}  run {:>6}", shares.join(" "), tally.index(), tally.longest)
}

pub(crate) fn convoy() -> Lesson {
    use convoy::{Done, long_inside, long_outside};
    const SHORTS: usize = 4;
    let shown = |done: Done, waited: usize, place: usize, line: &str| {
        let long = done.order.iter().position(|name| name == "long");
        expect((done.waited, long, done.sum), (waited, Some(place), 4), line)
    };
    Lesson::new(
        "locks/src/convoy/",
        [
            Form::breaks("long-inside", move || {
                let line = "4 of 4 short sections wait for the end of the long one";
                shown(long_inside::run(SHORTS, 2 * PACE), SHORTS, 0, line)
            }),
            Form::holds("long-outside", move || {
                let line = "4 of 4 are through while the long one works on a copy";
                shown(long_outside::run(SHORTS, 2 * PACE), 0, SHORTS, line)
            }),
        ],
    )
}

pub(crate) fn priority_inversion(options: &PriorityInversion) -> Lesson {
    let medium = options.medium;
    const TICK: Duration = Duration::from_millis(3);
    // What is left of low's section when high comes to the lock, and what high has to do itself.
    const REST: usize = 3;
    const HIGH: usize = 4;
    let played = move |protocol, late: usize, line: String| {
        let timeline = simulate(&story(medium), protocol);
        timeline.play(TICK);
        let waited = timeline.ticks("high", Doing::Waits) + timeline.ticks("high", Doing::Ready);
        expect((waited, timeline.done("high")), (late, 2 + late + HIGH), line)
    };
    let long = Duration::from_secs(30) + 4 * TICK * medium;
    Lesson::new(
        "locks/src/priority_inversion.rs",
        [
            Form::breaks("plain", move || {
                let late = medium as usize + REST;
                let line = format!("high waits {late} ticks of 3 ms, {medium} of them for medium");
                played(Protocol::Plain, late, line)
            })
            .within(long),
            Form::holds("inheritance", move || {
                let line = format!("high waits {REST} ticks: low, waited for by high, is as urgent as high");
                played(Protocol::Inheritance, REST, line)
            })
            .within(long),
            Form::holds("ceiling", move || {
                let line = format!("high waits {REST} ticks: who has the lock is as urgent as high");
                played(Protocol::Ceiling, REST, line)
            })
            .within(long),
        ],
    )
}
