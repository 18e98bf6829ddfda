//! The lesson `fairness`: how often each of four threads acquires a lock that all want.

use std::iter::{repeat_n, zip};
use std::time::Duration;

use clap::value_parser;
use locks::fairness::{Exclusive, Turns, contend};
use locks::real::primitives::reentrant::ReentrantLock;
use locks::real::primitives::rwlocks::RwLock;
use locks::real::primitives::{FutexMutex, McsLock, SpinLock, TicketLock};
use stage::{Lesson, Report, Variant, expect};

#[derive(Clone, Copy, Debug, clap::Args)]
struct Options {
    /// Time for which the threads contend for each kind of lock, in ms, 1 to 10000
    #[arg(long, value_name = "MS", default_value_t = 50)]
    #[arg(value_parser = value_parser!(u64).range(1..=10_000))]
    time: u64,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("fairness", "four threads contend for one lock: how often does each acquire it?")
        .story(
            "A bar is shared out among t1 █, t2 ▒, t3 ▄, t4 ·. J is Jain's index: 1 if all get \
             the same, 0.25 if one gets all. The run is the longest series of turns of one thread \
             while all the others wanted the lock. Luck, where nothing is promised.",
        )
        .source("locks/src/fairness.rs")
        .variants_with(variants)
}

fn variants(&options: &Options) -> Vec<Variant> {
    const FIFO: &str = "the order of arrival (FIFO)";
    Vec::from([
        options.variant::<SpinLock<()>>(
            "spin",
            None,
            "Promises no order: the thread that has just released it is the likeliest to win.",
        ),
        options.variant::<TicketLock<()>>(
            "ticket",
            Some(FIFO),
            "Serves threads in the order of the numbers that they have drawn (FIFO).",
        ),
        options.variant::<McsLock<()>>(
            "mcs",
            Some(FIFO),
            "Serves threads in the order in which they joined a queue, each on its own cell.",
        ),
        options.variant::<FutexMutex<()>>(
            "futex",
            None,
            "Promises no order: a thread that is awake wins over one that has to be woken.",
        ),
        options.variant::<ReentrantLock<()>>(
            "reentrant",
            None,
            "A futex mutex with an owner and a count: it promises no order, either.",
        ),
        options.variant::<RwLock<()>>(
            "rwlock",
            None,
            "The reader-writer lock, with writers alone: it promises them no order.",
        ),
        options.variant::<std::sync::Mutex<()>>(
            "std",
            None,
            "std's mutex promises no order: a thread that is awake may pass one that sleeps.",
        ),
        options.variant::<parking_lot::Mutex<()>>(
            "parking-lot",
            Some("a hand-over now and then"),
            "parking_lot hands it over to a waiting thread now and then, on average every 0.5 ms.",
        ),
        options.variant::<parking_lot::FairMutex<()>>(
            "fair-mutex",
            Some("a hand-over, but only to a thread that has parked"),
            "parking_lot's fair mutex hands over at each release to a thread that sleeps.",
        ),
    ])
}

impl Options {
    /// Makes the variant of a kind of lock, with its promise to the threads that wait.
    fn variant<L: Exclusive>(
        self,
        name: &'static str,
        promise: Option<&'static str>,
        story: &'static str,
    ) -> Variant {
        let time = Duration::from_millis(self.time);
        let run = move || {
            let turns = contend::<L>(time);
            // No two were inside at once, or a turn would be missing. The share of each is
            // measured, and promised by no lock.
            expect(
                turns.total,
                turns.of_each.iter().sum(),
                "the turns of all are those of each, added up",
            )?;
            let report = Report::measured(histogram(&turns));
            Ok(promise.into_iter().fold(report, |report, promise| report.fact("promises", promise)))
        };
        Variant::holds(name, run).within(Duration::from_secs(30) + time).story(story)
    }
}

fn histogram(turns: &Turns) -> String {
    const WIDTH: f64 = 16.0;
    let shares = turns.shares();
    let mut bar = String::new();
    let mut sum = 0.0;
    for (sign, share) in zip("█▒▄·".chars(), shares) {
        sum += share;
        // Up to the sum: rounded shares would not add up.
        let end = (WIDTH * sum / 100.0).round() as usize;
        bar.extend(repeat_n(sign, end - bar.chars().count()));
    }
    let shares = shares.map(|share| format!("{share:3.0}")).join(" ");
    format!("{bar} {shares} %  J {:.2}  run {:>6}", turns.index(), turns.longest)
}
