//! The lesson `rwlock`: which side starves at a reader-writer lock.

use std::time::Duration;

use clap::value_parser;
use locks::{model, real};
use stage::{Lesson, Variant, expect};

use super::number_of;

const PACE: Duration = Duration::from_millis(4);

#[derive(Clone, Debug, clap::Args)]
struct Options {
    /// Times that each of the two readers comes, 1 to 1000
    #[arg(long, value_name = "N", default_value_t = 5)]
    #[arg(value_parser = value_parser!(u32).range(1..=1000))]
    turns: u32,
}

pub(crate) fn lesson() -> Lesson {
    Lesson::new("rwlock", "many readers at once or one writer, and which side starves")
        .story(
            "r1 and r2 hand over to each other: one is always inside. w wants to write. May a \
             reader overtake a writer that waits?",
        )
        .source("locks/src/{rwlock,from_condvar/rwlock}.rs")
        .python("reader_writer")
        .variants_with(variants)
}

fn explored(variant: Variant, run: fn(usize, Duration) -> usize) -> Variant {
    variant.explored_for("3 threads", "overtaking", "overtake", [0], move || run(1, Duration::ZERO))
}

fn variants(options: &Options) -> Vec<Variant> {
    use model::rwlock as modelled;
    use real::rwlock::{optimistic, reader_preferring, writer_preferring};
    let turns = options.turns as usize;
    let limit = Duration::from_secs(30) + 4 * options.turns * PACE;
    let reader_first = Variant::breaks("reader-preferring", move || {
        let overtaken = 2 * turns - 1;
        let times = number_of(overtaken as u32, "time");
        let line = format!("readers overtake the writer {times}; it enters when none is left");
        expect(reader_preferring(turns, PACE), overtaken, line)
    })
    .story("Lets readers in while a writer waits: it starves for as long as readers come.");
    let writer_first = Variant::holds("writer-preferring", move || {
        let line = "no reader overtakes; the writer enters when the reader inside has left";
        expect(writer_preferring(turns, PACE), 0, line)
    })
    .story("Lets no new reader in once a writer waits: it waits for those inside alone.");
    let optimistic = Variant::holds("optimistic", || {
        let line = "the writer waits for no reader; both read again, as the stamp has changed";
        expect(optimistic(2, PACE), vec![([1, 1], true); 2], line)
    })
    .story("Reads without the lock, and again if the stamp has changed, so no writer waits.");
    Vec::from([
        explored(reader_first, modelled::reader_preferring).within(limit),
        explored(writer_first, modelled::writer_preferring).within(limit),
        optimistic.explored_for("2 threads", "the pair", "tear it", [[0, 0], [1, 1]], || {
            modelled::optimistic(1, Duration::ZERO)[0].0
        }),
    ])
}
