//! The lessons on locks in use: what they promise, and what their users make of it.

use std::time::Duration;

use locks::fairness::{KINDS, Kind, Tally};
use locks::priority_inversion::{Doing, Protocol, simulate, story};
use locks::{convoy, mutex, nested};
use stage::{Lesson, Report, Variant, expect};

use super::number_of;

/// What `nested` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Nested {
    /// How many times the reentrant lock is taken, one within the other, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) depth: u32,
}

/// What `fairness` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Fairness {
    /// For how long the threads contend for each kind of lock, in ms, 1 to 10000
    #[arg(long, value_name = "MS", default_value_t = 50, value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(crate) time: u64,
}

/// What `priority-inversion` can be asked for.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PriorityInversion {
    /// For how many ticks medium works, 1 to 200
    #[arg(long, value_name = "TICKS", default_value_t = 12, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub(crate) medium: u32,
}

const PACE: Duration = Duration::from_millis(8);

pub(crate) fn mutex() -> Lesson {
    Lesson::new("mutex", "how long a guard lives, how long to wait, what a panic leaves")
        .story("t1 takes a job out of a list and does it. t2 looks whether the list is free.")
        .source("locks/src/mutex/")
        .variants(mutex_variants)
}

fn mutex_variants() -> Vec<Variant> {
    use mutex::guard_scope::{in_the_else, in_the_match, named_first};
    use mutex::poison::{Found, not_told, recovered, unwrapped, written_at_the_end};
    use mutex::timed::{out_of_std, parking_lots, tried};
    let found = |told, total| Found { told, total };
    Vec::from([
            Variant::breaks("in-the-match", || {
                expect(in_the_match(PACE), false, "a guard without a name lives to the end of the match")
            })
.story("The guard is a temporary of the match, so the lock is held until the match ends, the job \
        included."),
            Variant::holds("named-first", || {
                expect(named_first(PACE), true, "the statement ends, and the guard with it")
            })
.story("Gives the job a name first: the guard is dropped at the end of that statement, before the \
        job."),
            Variant::holds("in-the-else", || {
                expect(in_the_else(PACE), true, "if-let's guard is gone in its else, since edition 2024")
            })
.story("Does the job in the else of an if-let, where the guard is dropped already since edition \
        2024."),
            Variant::holds("tried", || expect(tried(), false, "try_lock says no at once"))
.story("Tries the lock, and is told at once that another thread holds it."),
            Variant::holds("timed", || {
                expect(parking_lots(PACE), false, "parking_lot's try_lock_for gives up; std has none")
            })
.story("Waits for parking_lot's mutex with a timeout, and gives up when that is over."),
            Variant::holds("timed-std", || {
                expect(out_of_std(PACE), false, "one made of std's parts does so, too")
            })
.story("Waits with a timeout for a lock made of std's Mutex and Condvar."),
            Variant::breaks("unwrapped", || {
                expect(unwrapped(), 2, "t1 panics under the lock, t2 at its lock().unwrap()")
            })
.story("Unwraps the lock: the panic of t1 has poisoned it, so t2 panics in its turn."),
            Variant::breaks("not-told", move || {
                expect(not_told(), found(false, 60), "parking_lot has no poison: 40 of 100 gone, unsaid")
            })
.story("Uses parking_lot's mutex, which has no poisoning: t2 takes half a transfer for a whole \
        one."),
            Variant::holds("recovered", move || {
                expect(recovered(), found(true, 100), "told, repaired and cleared by t2; t3 finds it sound")
            })
.story("Gets the guard out of the poison error, repairs the value under it, and clears the \
        poison."),
            Variant::holds("written-at-end", move || {
                expect(written_at_the_end(), found(true, 100), "poisoned, and whole: a copy was at work")
            })
.story("Changes a copy and writes it back in one step, so a panic leaves the old value whole."),
        ],
    )
}

pub(crate) fn nested() -> Lesson {
    Lesson::new("nested", "one thread takes a lock that it has already")
        .story(
            "A mutex does not ask who holds it: t1 waits for itself. A reentrant lock asks, and \
             counts.",
        )
        .source("locks/src/nested.rs")
        .variants_with(nested_variants)
}

fn nested_variants(options: &Nested) -> Vec<Variant> {
    let depth = options.depth;
    Vec::from([
            Variant::deadlocks("twice", nested::twice)
.story("Acquires a mutex that its own thread holds, and so waits for itself."),
            Variant::holds("tried", || expect(nested::tried(), false, "try_lock says no at once"))
.story("Asks by try_lock in place of waiting, and is told no."),
            Variant::holds("split", || {
                expect(nested::split(), 100, "one function locks, the other is handed the value")
            })
.story("Splits the function in two: one of them locks, the other is handed the guarded value."),
            Variant::holds("reentrant", move || {
                let (value, free) = nested::reentrant(depth);
                let last_only: Vec<_> = (1..=depth).map(|given_back| given_back == depth).collect();
                expect(
                    (value, free),
                    (depth, last_only),
                    format!("acquired {0}, released {0}", number_of(depth, "time")),
                )
            })
.story("Uses a lock that knows its holder and counts, so that the holder may acquire it again."),
            Variant::breaks("half-done", || {
                expect(
                    nested::half_done(),
                    true,
                    "let in again in the midst of its own work: RefCell refuses",
                )
            })
.story("A reentrant lock lets its thread change the list that it is walking through; only RefCell \
        refuses."),
        ],
    )
}

pub(crate) fn fairness() -> Lesson {
    Lesson::new("fairness", "four threads want one lock all the time: who gets it how often?")
        .story(
            "A bar is shared out among t1 █, t2 ▒, t3 ▄, t4 ·. J is Jain's index: 1 if all get \
             the same, 0.25 if one gets all. The run is how often, at the most, one thread had \
             the lock again while all the others wanted it. Luck, where nothing is promised.",
        )
        .source("locks/src/fairness.rs")
        .variants_with(fairness_variants)
}

fn fairness_variants(options: &Fairness) -> Vec<Variant> {
    let time = Duration::from_millis(options.time);
    let forms = KINDS.iter().map(move |kind: &Kind| {
        Variant::holds(kind.name, move || {
            let tally = (kind.contend)(time);
            // No two were inside at once, or a turn would be missing. Who had how many is measured,
            // and promised by nobody.
            expect(tally.total, tally.turns.iter().sum(), "")?;
            let report = Report::measured(histogram(&tally));
            Ok(kind
                .promises
                .into_iter()
                .fold(report, |report, promise| report.fact("promises", promise)))
        })
        .within(Duration::from_secs(30) + time)
        .story(kind.story)
    });
    forms.collect()
}

/// Draws a bar that is shared out as the turns are.
fn histogram(tally: &Tally) -> String {
    const WIDTH: f64 = 16.0;
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
    Lesson::new("convoy", "short sections behind a long one")
        .story(
            "Four threads want the lock for an instant, and line up behind one that works with \
             the lock in its hand.",
        )
        .source("locks/src/convoy/")
        .variants(convoy_variants)
}

fn convoy_variants() -> Vec<Variant> {
    use convoy::{Done, long_inside, long_outside};
    const SHORTS: usize = 4;
    let shown = |done: Done, waited: usize, place: usize, line: &str| {
        let long = done.order.iter().position(|name| name == "long");
        expect((done.waited, long, done.sum), (waited, Some(place), 4), line)
    };
    Vec::from([
            Variant::breaks("long-inside", move || {
                let line = "4 of 4 short sections wait for the end of the long one";
                shown(long_inside::run(SHORTS, 2 * PACE), SHORTS, 0, line)
            })
.story("Does the long work under the lock, so that all short critical sections wait for its end."),
            Variant::holds("long-outside", move || {
                let line = "4 of 4 are through while the long one works on a copy";
                shown(long_outside::run(SHORTS, 2 * PACE), 0, SHORTS, line)
            })
.story("Copies the data under the lock and works on the copy, so that the short critical sections \
        pass."),
        ],
    )
}

pub(crate) fn priority_inversion() -> Lesson {
    Lesson::new("priority-inversion", "the most urgent task waits for the middle one")
        .story(
            "Low has the lock, high waits for it; medium wants no lock, and takes the processor \
             from low. Played in ticks, on one processor: for real, it takes an administrator's \
             rights.",
        )
        .source("locks/src/priority_inversion.rs")
        .variants_with(priority_inversion_variants)
}

fn priority_inversion_variants(options: &PriorityInversion) -> Vec<Variant> {
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
    Vec::from([
            Variant::breaks("plain", move || {
                let late = medium as usize + REST;
                let line = format!("high waits {late} ticks of 3 ms, {medium} of them for medium");
                played(Protocol::Plain, late, line)
            })
.story("The holder keeps its low priority, so medium preempts it while high waits for the lock.")
            .within(long),
            Variant::holds("inheritance", move || {
                let line = format!("high waits {REST} ticks: low, for which it waits, is as urgent as high");
                played(Protocol::Inheritance, REST, line)
            })
.story("The holder inherits the priority of the most urgent thread that waits for its lock.")
            .within(long),
            Variant::holds("ceiling", move || {
                let line = format!("high waits {REST} ticks: the lock's holder is always as urgent as high");
                played(Protocol::Ceiling, REST, line)
            })
.story("The holder has the lock's ceiling: the priority of the most urgent thread that may ever \
        want it.")
            .within(long),
        ],
    )
}
